//! poem makes endpoints of tower services.

use poem::{IntoEndpoint, endpoint::TowerCompatExt as _};
use voice_crm_core::Bridge;

/// An endpoint that the bridge answers; nest it below your own routes.
pub fn mount(bridge: &Bridge) -> impl IntoEndpoint<Endpoint: 'static> + use<> {
    bridge.service().compat()
}
