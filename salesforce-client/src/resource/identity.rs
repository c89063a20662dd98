//! `GET /services/oauth2/userinfo`

use http::Method;

use crate::auth::UserInfo;
use crate::client::Client;
use crate::error::Result;
use crate::request::Request;

impl Client {
    /// The user that this client works as.
    ///
    /// # Errors
    /// As any read.
    pub async fn user_info(&self) -> Result<UserInfo> {
        let path = "/services/oauth2/userinfo";
        self.execute(&Request::at(Method::GET, path.to_owned(), "oauth2/userinfo"), None).await?.json()
    }
}
