//! API versions: those the org serves, and the way it refuses the others.

use std::fmt;

use crate::error::{ApiError, Code};

/// An API version; the part after the point is always zero.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Version(u32);

impl Version {
    /// Since this version an upsert says whether it created the record.
    pub(crate) const TELLS_CREATED: Self = Self(46);

    /// The newest version, as it is written.
    pub(super) const NEWEST_NAME: &'static str = "68.0";

    pub(crate) fn number(self) -> u32 {
        self.0
    }

    /// Reads `66.0`.
    pub(super) fn parse(text: &str) -> Result<Self, ApiError> {
        let number = text.strip_suffix(".0").and_then(|number| number.parse().ok());
        match number {
            Some(OLDEST..=NEWEST) => Ok(Self(number.unwrap_or(NEWEST))),
            Some(FIRST..OLDEST) => Err(ApiError::new(
                Code::UnsupportedApiVersion,
                "The requested API version is retired and no longer available",
            )),
            _ => Err(ApiError::missing_resource()),
        }
    }

    /// Every version the org serves, oldest first.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        (OLDEST..=NEWEST).map(Self)
    }

    /// The release's name, such as `Spring '26`.
    pub(super) fn label(self) -> String {
        let releases = self.0 - OLDEST;
        let season = ["Summer", "Winter", "Spring"][(releases % 3) as usize];
        // Winter is named after the next year: version 32 was Winter '15, version 31 Summer '14.
        format!("{season} '{}", 14 + releases.div_ceil(3))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.0", self.0)
    }
}

const FIRST: u32 = 20;
const OLDEST: u32 = 31;
const NEWEST: u32 = 68;

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn labels_follow_the_release_calendar() {
        let label = |text| Version::parse(text).unwrap().label();
        assert_eq!(label("31.0"), "Summer '14");
        assert_eq!(label("32.0"), "Winter '15");
        assert_eq!(label("65.0"), "Winter '26");
        assert_eq!(label("66.0"), "Spring '26");
        assert_eq!(label("67.0"), "Summer '26");
        assert_eq!(label("68.0"), "Winter '27");
    }

    #[test]
    fn a_retired_version_is_gone_and_a_future_one_is_unknown() {
        assert_eq!(Version::parse("30.0").unwrap_err().status(), 410);
        assert_eq!(Version::parse("69.0").unwrap_err().status(), 404);
        assert_eq!(Version::parse("66").unwrap_err().status(), 404);
    }
}
