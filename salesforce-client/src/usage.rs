//! `ApiUsage`: how much of the org's API budget is used, as the last answer told.

use std::sync::atomic::{AtomicU64, Ordering};

/// API calls used and allowed in the rolling 24 hours, org-wide.
///
/// See \[Salesforce/Limit info header\].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ApiUsage {
    /// Calls used.
    pub used: u64,
    /// Calls allowed.
    pub max: u64,
}

impl ApiUsage {
    /// Calls left.
    pub fn remaining(&self) -> u64 {
        self.max.saturating_sub(self.used)
    }

    /// Whether `share` of the budget (0.1 is a tenth) is left for others: the gate for work that can
    /// wait, so that calls somebody waits for are never the ones that are refused.
    #[expect(clippy::cast_precision_loss, reason = "no budget is near 2^53 calls")]
    pub fn leaves(&self, share: f64) -> bool {
        self.remaining() as f64 >= self.max as f64 * share
    }

    /// Reads `api-usage=18/5000`, with or without further parts.
    pub(crate) fn parse(header: &str) -> Option<Self> {
        let (used, max) =
            header.split(';').find_map(|part| part.trim().strip_prefix("api-usage="))?.split_once('/')?;
        Some(Self { used: used.trim().parse().ok()?, max: max.trim().parse().ok()? })
    }
}

/// The last usage seen, in one word so that reading it never waits.
#[derive(Debug, Default)]
pub(crate) struct LastUsage(AtomicU64);

impl LastUsage {
    pub(crate) fn note(&self, usage: ApiUsage) {
        let half = |value: u64| u64::from(u32::try_from(value).unwrap_or(u32::MAX));
        self.0.store(half(usage.used) << 32 | half(usage.max), Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> Option<ApiUsage> {
        let word = self.0.load(Ordering::Relaxed);
        (word != 0).then_some(ApiUsage { used: word >> 32, max: word & u64::from(u32::MAX) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_per_app_part_is_not_mistaken_for_the_org() {
        let usage = ApiUsage::parse("api-usage=18/15000; per-app-api-usage=17/250(appName=x)").unwrap();
        assert_eq!((usage.used, usage.max), (18, 15_000));
        assert_eq!(ApiUsage::parse("per-app-api-usage=17/250(appName=x)"), None);
        assert_eq!(ApiUsage::parse("api-usage=many/15000"), None);
    }

    #[test]
    fn a_reserve_is_kept_for_others() {
        let usage = |used| ApiUsage { used, max: 1000 };
        assert!(usage(900).leaves(0.1));
        assert!(!usage(901).leaves(0.1));
        assert!(!usage(2000).leaves(0.1));
        assert_eq!(usage(2000).remaining(), 0);
    }

    #[test]
    fn the_last_usage_is_remembered() {
        let last = LastUsage::default();
        assert_eq!(last.get(), None);
        last.note(ApiUsage { used: 0, max: 15_000 });
        assert_eq!(last.get().unwrap().max, 15_000);
    }
}
