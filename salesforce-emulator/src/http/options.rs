//! What the headers of a request ask for, on the wire or in a subrequest's `httpHeaders`.

use jiff::Timestamp;

use crate::error::{ApiError, Code};

/// The headers that change what a call does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// The `batchSize` of `Sforce-Query-Options`.
    pub(crate) batch_size: Option<usize>,
    /// `If-Modified-Since`
    pub(crate) modified_since: Option<Timestamp>,
    /// `If-Unmodified-Since`
    pub(crate) unmodified_since: Option<Timestamp>,
    /// The `allowSave` of `Sforce-Duplicate-Rule-Header`.
    pub(crate) allow_duplicates: bool,
}

impl Options {
    /// Reads the headers through `header`, which finds one by its name in lower case.
    pub(crate) fn read<'a>(header: impl Fn(&str) -> Option<&'a str>) -> Result<Self, ApiError> {
        let instant = |name: &str| header(name).map(|text| http_date(name, text)).transpose();
        Ok(Self {
            batch_size: header("sforce-query-options")
                .and_then(|options| setting(options, "batchSize")?.parse().ok()),
            modified_since: instant("if-modified-since")?,
            unmodified_since: instant("if-unmodified-since")?,
            allow_duplicates: header("sforce-duplicate-rule-header")
                .and_then(|options| setting(options, "allowSave"))
                .is_some_and(|given| given.eq_ignore_ascii_case("true")),
        })
    }
}

/// One setting out of `batchSize=500, other=1`.
fn setting<'a>(options: &'a str, name: &str) -> Option<&'a str> {
    options.split([',', ';']).find_map(|option| {
        let (known, value) = option.split_once('=')?;
        known.trim().eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

fn http_date(name: &str, text: &str) -> Result<Timestamp, ApiError> {
    jiff::fmt::rfc2822::DateTimeParser::new()
        .relaxed_weekday(true)
        .parse_timestamp(text)
        .map_err(|_| ApiError::new(Code::InvalidInput, format!("The header {name} is not an HTTP date")))
}

#[cfg(test)]
mod tests {
    use super::Options;

    #[test]
    fn settings_are_found_among_others_and_dates_are_http_dates() {
        let options = Options::read(|name| match name {
            "sforce-query-options" => Some("other=1, batchSize=500"),
            "sforce-duplicate-rule-header" => Some("includeRecordDetails=true; allowSave=TRUE"),
            "if-modified-since" => Some("Fri, 20 Nov 2026 08:00:00 GMT"),
            _ => None,
        })
        .unwrap();
        assert_eq!((options.batch_size, options.allow_duplicates), (Some(500), true));
        assert_eq!(options.modified_since, Some("2026-11-20T08:00:00Z".parse().unwrap()));
        assert!(Options::read(|_| Some("yesterday")).is_err());
    }
}
