//! salvo makes handlers of tower services.

use salvo::Router;
use salvo::http::ReqBody;
use salvo::prelude::TowerServiceCompat;
use voice_crm_core::Bridge;

/// A router that the bridge answers; push it onto your own.
pub fn mount(bridge: &Bridge) -> Router {
    let handler = TowerServiceCompat::<ReqBody, _, _, _>::compat(bridge.service());
    Router::with_path("{**path}").goal(handler)
}
