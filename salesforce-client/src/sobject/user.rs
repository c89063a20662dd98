//! `User`

use jiff::Timestamp;

use super::define::sobject;
use crate::field::Patch;
use crate::id::RecordId;

sobject! {
    /// Somebody who can log in.
    ///
    /// See \[Salesforce/Object Reference: User\].
    User {
        /// The name to log in with.
        username: String,
        /// The first name.
        first_name: String,
        /// The last name.
        last_name: String,
        /// The whole name.
        name: String,
        /// The e-mail address.
        email: String,
        /// The phone number as it was entered.
        phone: String,
        /// The mobile number as it was entered.
        mobile_phone: String,
        /// The extension.
        extension: String,
        /// Whether the user may log in.
        is_active: bool,
        /// The profile.
        profile_id: RecordId,
        /// The role.
        user_role_id: RecordId,
        /// The time zone.
        time_zone_sid_key: String,
        /// When the user last logged in.
        last_login_date: Timestamp,
    }

    /// What can be written to a [`User`].
    UserFields {
        /// The name to log in with.
        username: Patch<String>,
        /// The first name.
        first_name: Patch<String>,
        /// The last name.
        last_name: Patch<String>,
        /// The e-mail address.
        email: Patch<String>,
        /// The phone number as it was entered.
        phone: Patch<String>,
        /// The mobile number as it was entered.
        mobile_phone: Patch<String>,
        /// The extension.
        extension: Patch<String>,
        /// Whether the user may log in. A checkbox is never empty, so it can be set or kept only.
        is_active: Option<bool>,
        /// The profile.
        profile_id: Patch<RecordId>,
        /// The role.
        user_role_id: Patch<RecordId>,
        /// The time zone.
        time_zone_sid_key: Patch<String>,
    }
}
