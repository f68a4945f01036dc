//! What a person does with himself in the console: from the mailed link to the end of his login.

use crate::walk::Walk;
use serde_json::{Value, json};
use std::time::SystemTime;

const EMAIL: &str = "new@example.com";
const PASSWORD: &str = "a long password";

impl Walk<'_> {
    /// Calls what needs a mail, an authenticator or a login of its own, which then ends.
    pub(crate) fn person(&mut self) {
        self.post("/web_v1/user/register", json!({"email": EMAIL, "password": PASSWORD}));
        let code = self.mailed();
        self.post("/web_v1/user/verify-email", json!({"code": code}));
        self.show("post /web_v1/user/verify-email", "code", "the code behind # of the mailed link");
        self.post("/web_v1/user/forgot-password", json!({"email": EMAIL}));
        let code = self.mailed();
        self.post("/web_v1/user/reset-password", json!({"code": code, "password": PASSWORD}));
        self.show("post /web_v1/user/reset-password", "code", "the code behind # of the mailed link");
        let kept = std::mem::take(&mut self.login);
        let other = self.enter();
        self.login = self.enter();
        self.end(&other);
        self.post(
            "/web_v1/user/change-password",
            json!({"old_password": PASSWORD, "password": "a longer password"}),
        );
        self.post("/web_v1/user/rotate-key", json!({"password": "a longer password"}));
        let name = json!({"name": "Ada Example", "country": "DE", "document_type": "passport", "document_number": "C01X00T47"});
        self.post("/web_v1/user/submit-real-name", name);
        self.factors("a longer password");
        self.post("/web_v1/user/logout", json!({}));
        self.login = kept;
    }

    /// A login of its own; its token.
    fn enter(&mut self) -> String {
        let answer = self.write("/web_v1/user/login", &json!({"account": EMAIL, "password": PASSWORD}));
        answer["data"]["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// The code of the link that was mailed last.
    fn mailed(&self) -> String {
        let newest = self.demo.operator("mail/list", json!({}))["list"][0].clone();
        assert_eq!(newest["to"], EMAIL, "{newest}");
        let text = self.demo.operator("mail/show", json!({"id": newest["id"]}))["text"].to_string();
        let (_, rest) = text.split_once("#code=").unwrap_or_else(|| panic!("no link in {text}"));
        rest.chars().take_while(char::is_ascii_alphanumeric).collect()
    }

    fn factors(&mut self, password: &str) {
        let made = self.post("/web_v1/user/totp-enrol", json!({"password": password}));
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        let seed = totp_rs::Secret::try_from_base32(made["secret"].as_str().unwrap()).unwrap();
        let code = totp_rs::Builder::new().with_secret(seed).build().unwrap().generate(now).to_string();
        let codes = self.post("/web_v1/user/totp-confirm", json!({"code": code}))["recovery_codes"].clone();
        let by =
            |codes: &Value| json!({"password": password, "verify_type": "recovery", "verify_code": codes[0]});
        let codes = self.post("/web_v1/user/recovery-codes", by(&codes))["recovery_codes"].clone();
        self.post("/web_v1/user/totp-disable", by(&codes));
        self.show("post /web_v1/user/totp-confirm", "code", "123456");
        for call in ["recovery-codes", "totp-disable"] {
            self.show(&format!("post /web_v1/user/{call}"), "verify_code", "abcd-efgh");
        }
    }

    /// Ends another login of his.
    fn end(&mut self, other: &str) {
        let sessions = self.demo.request("/web_v1/user/sessions", other, None, &[]).1;
        let list = sessions["data"]["list"].as_array().cloned().unwrap_or_default();
        let own = list.iter().find(|one| one["current"] == json!(true)).map(|one| one["id"].clone());
        self.post("/web_v1/user/end-session", json!({"id": own.unwrap_or_else(|| panic!("{sessions}"))}));
    }
}
