//! Sync maps: small facts that a server and the agents' screens share.
//!
//! - `POST /v1/Services/{ServiceSid}/Maps`
//! - `GET /v1/Services/{ServiceSid}/Maps`
//! - `GET /v1/Services/{ServiceSid}/Maps/{MapSid}`
//! - `DELETE /v1/Services/{ServiceSid}/Maps/{MapSid}`
//! - `POST /v1/Services/{ServiceSid}/Maps/{MapSid}/Items`
//! - `GET /v1/Services/{ServiceSid}/Maps/{MapSid}/Items`
//! - `GET /v1/Services/{ServiceSid}/Maps/{MapSid}/Items/{Key}`
//! - `POST /v1/Services/{ServiceSid}/Maps/{MapSid}/Items/{Key}`
//! - `DELETE /v1/Services/{ServiceSid}/Maps/{MapSid}/Items/{Key}`
//!
//! See Twilio's page "Map resource".

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::ask::{self, asks, lists};
use crate::client::Client;
use crate::described::described;
use crate::error::Result;
use crate::form::Form;
use crate::host::Product;
use crate::request::Request;
use crate::sid::{SyncMapSid, SyncServiceSid};

/// The maps of one service of Sync, from [`Client::sync_maps`].
#[derive(Clone, Debug)]
pub struct SyncMaps<'a> {
    client: &'a Client,
    service: SyncServiceSid,
}

/// One map, from [`SyncMaps::map`].
#[derive(Clone, Debug)]
pub struct InSyncMap<'a> {
    maps: SyncMaps<'a>,
    map: String,
}

impl Client {
    /// The maps of one service of Sync.
    pub fn sync_maps(&self, service: &SyncServiceSid) -> SyncMaps<'_> {
        SyncMaps { client: self, service: service.clone() }
    }
}

impl<'a> SyncMaps<'a> {
    /// Makes a map.
    pub fn create(&self) -> CreateMap<'a> {
        CreateMap::new(self.client, self.of(Request::post(ALL, Form::new())))
    }

    /// Lists maps.
    pub fn list(&self) -> ListMaps<'a> {
        ListMaps::new(self.client, self.of(Request::get(ALL)))
    }

    /// One map, by its identifier or its unique name.
    pub fn map(&self, map: impl AsRef<str>) -> InSyncMap<'a> {
        InSyncMap { maps: self.clone(), map: map.as_ref().to_owned() }
    }

    fn of(&self, request: Request) -> Request {
        request.product(Product::Sync).fill("ServiceSid", self.service.as_str())
    }
}

impl<'a> InSyncMap<'a> {
    /// Reads what is known of the map.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn fetch(&self) -> Result<SyncMap> {
        ask::read(self.maps.client, self.of(Request::get(ONE))).await
    }

    /// Deletes the map and all that is in it.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn delete(&self) -> Result<()> {
        ask::delete(self.maps.client, self.of(Request::delete(ONE))).await
    }

    /// Puts an item in under a key that is not taken.
    pub fn create_item(&self, key: &str, data: &Value) -> CreateItem<'a> {
        let mut form = Form::new();
        form.set("Key", key);
        form.set("Data", data.to_string());
        CreateItem::new(self.maps.client, self.of(Request::post(ITEMS, form)))
    }

    /// Reads an item.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn item(&self, key: &str) -> Result<SyncItem> {
        ask::read(self.maps.client, self.of(Request::get(ITEM)).fill("Key", key)).await
    }

    /// Lists items by their keys.
    pub fn items(&self) -> ListItems<'a> {
        ListItems::new(self.maps.client, self.of(Request::get(ITEMS)))
    }

    /// Changes an item. With the revision that was read, it fails with status 412 if somebody else changed it
    /// since, and it is safe to repeat.
    pub fn update_item(&self, key: &str, revision: Option<&str>) -> UpdateItem<'a> {
        let request = self.of(Request::post(ITEM, Form::new())).fill("Key", key);
        let request = match revision {
            Some(revision) => request.if_match(revision).repeatable(),
            None => request,
        };
        UpdateItem::new(self.maps.client, request)
    }

    /// Takes an item out.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn delete_item(&self, key: &str) -> Result<()> {
        ask::delete(self.maps.client, self.of(Request::delete(ITEM)).fill("Key", key)).await
    }

    fn of(&self, request: Request) -> Request {
        self.maps.of(request).fill("MapSid", &*self.map)
    }
}

described! {
    /// A map.
    SyncMap {
        /// The identifier of the map.
        sid: SyncMapSid,
        ;
        /// Its unique name.
        unique_name: String,
        /// How often it changed, as text.
        revision: String,
        /// When it will be gone.
        date_expires: Timestamp,
        /// When it was made.
        date_created: Timestamp,
        /// When it last changed.
        date_updated: Timestamp,
    } shows [sid, revision]

    /// An item of a map.
    SyncItem {
        /// Its key.
        key: String,
        ;
        /// What it holds.
        data: Value,
        /// Its version.
        revision: String,
        /// The map it is in.
        map_sid: SyncMapSid,
        /// When it will be gone.
        date_expires: Timestamp,
        /// When it last changed.
        date_updated: Timestamp,
    } shows [map_sid, revision]
}

asks! {
    /// A map to be made, from [`SyncMaps::create`]; await it.
    CreateMap -> SyncMap {
        /// A name to reach it by.
        unique_name: &str = "UniqueName",
        /// How long it lives, in whole seconds.
        ttl: Duration = "Ttl",
        /// The same, by its other name.
        collection_ttl: Duration = "CollectionTtl",
    }

    /// An item to be put in, from [`InSyncMap::create_item`]; await it.
    CreateItem -> SyncItem {
        /// How long it lives, in whole seconds.
        item_ttl: Duration = "ItemTtl",
        /// The same, by its other name.
        ttl: Duration = "Ttl",
        /// How long the map lives from now on, in whole seconds.
        collection_ttl: Duration = "CollectionTtl",
    }

    /// An item to be changed, from [`InSyncMap::update_item`]; await it.
    UpdateItem -> SyncItem {
        /// What it holds from now on.
        data: &Value = "Data",
        /// How long it lives, in whole seconds.
        item_ttl: Duration = "ItemTtl",
        /// The same, by its other name.
        ttl: Duration = "Ttl",
        /// How long the map lives from now on, in whole seconds.
        collection_ttl: Duration = "CollectionTtl",
    }
}

lists! {
    /// Maps of a service, from [`SyncMaps::list`].
    ListMaps of SyncMap {}

    /// Items of a map, from [`InSyncMap::items`].
    ListItems of SyncItem {
        /// In this order: `asc` or `desc`.
        order: &str = "Order",
        /// Those from this key on.
        from: &str = "From",
        /// Whether that key is one of them: `inclusive` or `exclusive`.
        bounds: &str = "Bounds",
    }
}

const ALL: &str = "/v1/Services/{ServiceSid}/Maps";
const ONE: &str = "/v1/Services/{ServiceSid}/Maps/{MapSid}";
const ITEMS: &str = "/v1/Services/{ServiceSid}/Maps/{MapSid}/Items";
const ITEM: &str = "/v1/Services/{ServiceSid}/Maps/{MapSid}/Items/{Key}";
