//! `campaign.predial`: may this contact of a campaign be dialled?

use jiff::Timestamp;

use super::wire_message;
use crate::wire::wire_object;

wire_message! {
    /// Asks whether a contact may be dialled; anything but `{"eligible": true}` in time means no.
    pub struct CampaignPredial {
        /// The campaign.
        pub campaign_id: Option<String> = shown "campaignId",
        /// Whom it wants to dial.
        pub contact: CampaignContact = shown "contact",
    }
}

wire_object! {
    /// A contact of a campaign.
    pub struct CampaignContact {
        /// Identifier of the contact.
        pub id: Option<String> = shown "id",
        /// The campaign it belongs to.
        pub campaign_id: Option<String> = shown "campaignId",
        /// Organization it belongs to.
        pub org_id: Option<String> = shown "orgId",
        /// Stored customer, by id.
        pub customer_id: Option<String> = shown "customerId",
        /// Phone number.
        pub number: Option<String> = hidden "number",
        /// Name.
        pub name: Option<String> = hidden "name",
        /// When it was added.
        pub created_at: Option<Timestamp> = shown "createdAt",
    }
}
