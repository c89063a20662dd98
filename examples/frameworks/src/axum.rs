//! axum mounts a tower service.

use axum::Router;
use voice_crm_core::Bridge;

/// Routes that the bridge answers; put your own before it.
pub fn mount(bridge: &Bridge) -> Router {
    Router::new().fallback_service(bridge.service())
}
