//! `ApiVersion`: which yearly edition of the API the paths name.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind, Result};

/// A version of the REST API, such as 66.0.
///
/// See \[Salesforce/API end-of-life policy\].
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ApiVersion(u16);

impl ApiVersion {
    /// Spring '26, which every org serves.
    pub const DEFAULT: Self = Self::new(66);

    /// The version `number`.0; a retired one is refused when the client is built.
    pub const fn new(number: u16) -> Self {
        Self(number)
    }

    /// The number before the point.
    pub const fn number(self) -> u16 {
        self.0
    }

    /// Refuses versions that no org serves any more.
    pub(crate) fn check(self) -> Result<Self> {
        if self.0 < 31 {
            return Err(Error::described(
                ErrorKind::Configuration,
                format!("API version {self} is retired: use {} or another from 31.0 on", Self::DEFAULT),
            ));
        }
        Ok(self)
    }
}

impl Default for ApiVersion {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl FromStr for ApiVersion {
    type Err = Error;

    /// Reads `66`, `66.0` or `v66.0`.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] for anything else, and for a version that no org serves any more.
    fn from_str(text: &str) -> Result<Self> {
        let number = text.strip_prefix('v').unwrap_or(text);
        let number = number.strip_suffix(".0").unwrap_or(number);
        let plain = (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
        match number.parse() {
            Ok(number) if plain => Self::new(number).check(),
            _ => Err(Error::described(
                ErrorKind::Configuration,
                format!("this is not an API version: write it like {}", Self::DEFAULT),
            )),
        }
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.0", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_in_its_three_spellings_and_no_other() {
        for text in ["66", "66.0", "v66.0", "v66"] {
            assert_eq!(text.parse::<ApiVersion>().unwrap(), ApiVersion::new(66), "{text}");
        }
        for text in ["", "v", "latest", "66.1", "66.0.0", "vv66", "+66", "66 ", ".0", "99999"] {
            assert!(text.parse::<ApiVersion>().is_err(), "{text}");
        }
        assert!("v30.0".parse::<ApiVersion>().unwrap_err().to_string().contains("retired"));
    }
}
