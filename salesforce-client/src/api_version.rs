//! `ApiVersion`: which yearly edition of the API the paths name.

use std::fmt;

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

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.0", self.0)
    }
}
