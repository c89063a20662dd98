//! POST /services/Soap/u/{version}: login and logout, which older clients still send.
//!
//! The API has no login from version 65.0 on.

use super::{Answer, Authority, organization};
use crate::{markup::escape, sessions::Login};

/// Answers a SOAP message that logs in or out.
///
/// See Salesforce, "`login()` (SOAP API Developer Guide)".
pub(crate) fn answer(authority: &mut Authority<'_>, version: &str, body: &[u8]) -> Answer {
    let message = String::from_utf8_lossy(body);
    if element(&message, "logout").is_some() {
        if let Some(token) = element(&message, "sessionId") {
            authority.sessions.revoke(&token);
        }
        return envelope(200, "<logoutResponse/>");
    }
    let Some(inside) = element(&message, "login") else {
        return fault("UNKNOWN_EXCEPTION", "Only login and logout are known here");
    };
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    if !major.is_some_and(|major| (OLDEST..FIRST_WITHOUT_LOGIN).contains(&major)) {
        return fault("UNSUPPORTED_API_VERSION", "SOAP API login() is not available in this API version");
    }
    let given = element(&inside, "username").zip(element(&inside, "password"));
    let user = given.and_then(|(username, password)| authority.users.check(&username, &password));
    let Some(user) = user else {
        return fault("INVALID_LOGIN", "Invalid username, password, security token; or user locked out.");
    };
    let login = Login { client: "SOAP", user: &user, grant: None, audience: authority.base };
    let Some(token) = authority.sessions.issue(login, authority.now) else {
        return fault("LOGIN_RATE_EXCEEDED", "login rate exceeded");
    };
    let (base, organization, id) = (escape(authority.base), organization(), user.id);
    let result = format!(
        "<loginResponse><result><metadataServerUrl>{base}/services/Soap/m/{version}/{organization}</metadataServerUrl>\
         <passwordExpired>false</passwordExpired><sandbox>false</sandbox>\
         <serverUrl>{base}/services/Soap/u/{version}/{organization}</serverUrl>\
         <sessionId>{token}</sessionId><userId>{id}</userId>\
         <userInfo><organizationId>{organization}</organizationId><userId>{id}</userId>\
         <userName>{}</userName></userInfo></result></loginResponse>",
        escape(&user.username)
    );
    envelope(200, &result)
}

fn fault(code: &str, message: &str) -> Answer {
    let fault = format!(
        "<soapenv:Fault><faultcode>sf:{code}</faultcode><faultstring>{code}: {message}</faultstring>\
         <detail><sf:LoginFault><sf:exceptionCode>{code}</sf:exceptionCode>\
         <sf:exceptionMessage>{message}</sf:exceptionMessage></sf:LoginFault></detail></soapenv:Fault>"
    );
    envelope(500, &fault)
}

fn envelope(status: u16, inside: &str) -> Answer {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope \
         xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns=\"urn:partner.soap.sforce.com\" \
         xmlns:sf=\"urn:fault.partner.soap.sforce.com\"><soapenv:Body>{inside}</soapenv:Body></soapenv:Envelope>"
    );
    Answer::new(status, crate::http::Content::Text("text/xml;charset=UTF-8", text))
}

/// What stands inside the first element of this name, whatever its prefix, with its entities read.
fn element(message: &str, name: &str) -> Option<String> {
    let mut rest = message;
    while let Some((_, after)) = rest.split_once('<') {
        rest = after;
        let tag = after.split_once('>')?.0;
        let qualified = tag.split([' ', '\t', '\r', '\n', '/']).next().unwrap_or_default();
        if qualified.rsplit(':').next() != Some(name) || qualified.is_empty() {
            continue;
        }
        if tag.ends_with('/') {
            return Some(String::new());
        }
        let inside = &after[tag.len() + 1..];
        let end = inside.find(&format!("</{qualified}"))?;
        let text = &inside[..end];
        return Some(if text.contains('<') { text.to_owned() } else { unescape(text) });
    }
    None
}

fn unescape(text: &str) -> String {
    let named =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#x27;", "'"), ("&amp;", "&")];
    named.iter().fold(text.trim().to_owned(), |text, (entity, letter)| text.replace(entity, letter))
}

const OLDEST: u32 = 31;
const FIRST_WITHOUT_LOGIN: u32 = 65;

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::element;

    #[test]
    fn prefixes_and_attributes_do_not_matter() {
        let message =
            "<e:Body><n1:login xmlns:n1=\"urn:x\"><n1:username>a&amp;b</n1:username></n1:login></e:Body>";
        let inside = element(message, "login").unwrap();
        assert_eq!(element(&inside, "username").as_deref(), Some("a&b"));
        assert_eq!(element("<logout xmlns=\"urn:x\"/>", "logout").as_deref(), Some(""));
        assert_eq!(element(message, "password"), None);
    }

    proptest! {
        #[test]
        fn no_message_makes_the_reader_panic(message in any::<String>()) {
            let _ = element(&message, "login");
            let _ = element(&format!("<login>{message}"), "login");
        }
    }
}
