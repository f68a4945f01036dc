//! How a mail is written: in the reader's language and as his brand looks, once as text and once as HTML. Mail programs
//! know little of style sheets: tables and inline styles are what all of them draw. Pure.

use crate::brands::Look;
use crate::mail::Mail;
use turnpike_base::{Lang, Text};

/// The product's own colour, as the console has it.
const OWN: &str = "#17705c";
/// The contrast from which a text can be read (WCAG 2.2, 1.4.3), in hundredths.
const READABLE: u64 = 450;

/// What is to be said.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Its subject.
    pub subject: Text,
    /// Its paragraphs.
    pub lines: Vec<Text>,
    /// What a button says, and where it leads.
    pub action: Option<(Text, String)>,
    /// After so many minutes it is of no use and is not sent any more.
    pub minutes: i64,
}

/// In whose name it is said.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    name: String,
    /// `#rrggbb`.
    colour: String,
    /// Whom to ask for help; empty where the brand does not say.
    support: String,
}

impl Sender {
    /// A brand as it looks; `name` where it gives itself none.
    pub(crate) fn new(look: &Look, name: &str) -> Self {
        Self {
            name: look.title(name).to_owned(),
            colour: look.colour.clone().unwrap_or_else(|| OWN.to_owned()),
            support: look.support.clone().unwrap_or_default(),
        }
    }

    /// The lines under a mail.
    fn footer(&self, lang: Lang) -> Vec<String> {
        let help = Text::made(format!("联系客服：{}", self.support), format!("Help: {}", self.support));
        let help = (!self.support.is_empty()).then(|| help.get(lang).to_owned());
        std::iter::once(self.name.clone()).chain(help).collect()
    }
}

/// Writes a letter down.
pub(crate) fn compose(to: &str, sender: &Sender, letter: &Letter, lang: Lang) -> Mail {
    let subject = letter.subject.get(lang);
    Mail {
        to: to.to_owned(),
        from_name: sender.name.clone(),
        subject: format!("[{}] {subject}", sender.name).replace(['\r', '\n'], " "),
        text: text(sender, letter, lang),
        html: html(sender, letter, lang),
    }
}

fn text(sender: &Sender, letter: &Letter, lang: Lang) -> String {
    let mut parts: Vec<String> = letter.lines.iter().map(|line| line.get(lang).to_owned()).collect();
    let colon = Text::new("：", ":");
    parts.extend(
        letter.action.iter().map(|(label, url)| format!("{}{}\n{url}", label.get(lang), colon.get(lang))),
    );
    format!("{}\n\n-- \n{}\n", parts.join("\n\n"), sender.footer(lang).join("\n"))
}

fn html(sender: &Sender, letter: &Letter, lang: Lang) -> String {
    let paragraph = |line: &Text| format!("<p style=\"margin:0 0 16px\">{}</p>", escaped(line.get(lang)));
    let lines: String = letter.lines.iter().map(paragraph).collect();
    let footer: Vec<String> = sender.footer(lang).iter().map(|line| escaped(line)).collect();
    format!(
        "<!doctype html><html lang=\"{tag}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light\"><title>{subject}</title></head>\
         <body style=\"margin:0;padding:0;background:#f3f5f6\"><table role=\"presentation\" width=\"100%\" cellpadding=\"0\" \
         cellspacing=\"0\" style=\"background:#f3f5f6\"><tr><td align=\"center\" style=\"padding:32px 16px\">\
         <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"max-width:560px;background:#ffffff;\
         border:1px solid #e2e6e9;border-radius:12px;border-collapse:separate;overflow:hidden;font-family:-apple-system,\
         'Segoe UI','PingFang SC','Microsoft YaHei',Helvetica,Arial,sans-serif;font-size:15px;line-height:1.65;color:#1f2a33\">\
         <tr><td style=\"padding:16px 32px;background:{colour};color:{ink};font-size:16px;font-weight:600\">{name}</td></tr>\
         <tr><td style=\"padding:28px 32px 16px;overflow-wrap:anywhere\"><h1 style=\"margin:0 0 16px;font-size:21px;line-height:1.35\">\
         {subject}</h1>{lines}{action}</td></tr></table>\
         <p style=\"margin:20px 0 0;font-family:-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;font-size:13px;line-height:1.6;\
         color:#5b6772\">{footer}</p></td></tr></table></body></html>",
        tag = lang.tag(),
        subject = escaped(letter.subject.get(lang)),
        colour = escaped(&sender.colour),
        ink = ink(&sender.colour),
        name = escaped(&sender.name),
        action = letter.action.as_ref().map(|action| button(sender, action, lang)).unwrap_or_default(),
        footer = footer.join("<br>"),
    )
}

/// A button, and its address for who can't press it.
fn button(sender: &Sender, (label, url): &(Text, String), lang: Lang) -> String {
    format!(
        "<p style=\"margin:24px 0 16px\"><a href=\"{url}\" style=\"display:inline-block;padding:11px 20px;border-radius:8px;\
         background:{colour};color:{ink};font-weight:600;text-decoration:none\">{label}</a></p>\
         <p style=\"margin:0 0 16px;font-size:13px;color:#5b6772\">{url}</p>",
        url = escaped(url),
        colour = escaped(&sender.colour),
        ink = ink(&sender.colour),
        label = escaped(label.get(lang)),
    )
}

/// White where it can be read on a colour, else nearly black.
fn ink(colour: &str) -> &'static str {
    // 1.05 is what white shines, with the standard's 0.05 of stray light.
    let contrast = 1_050_000 * 100 / (luminance(colour) + 50_000);
    if contrast >= READABLE { "#ffffff" } else { "#14191d" }
}

/// Relative luminance (WCAG 2.2) in millionths; the curve of a screen is followed by a polynomial, to a hundredth.
fn luminance(colour: &str) -> u64 {
    let part = |at: usize, weight: u64| {
        let c = colour.get(at..at + 2).and_then(|two| u64::from_str_radix(two, 16).ok()).unwrap_or(0);
        let linear = c * (c * (c * 305_306 / 255 + 682_171) / 255 + 12_523) / 255;
        linear * weight / 10_000
    };
    part(1, 2_126) + part(3, 7_152) + part(5, 722)
}

/// Text inside HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        Letter {
            subject: Text::new("主题", "Subject"),
            lines: vec![Text::new("一行", "a <b>line</b>")],
            action: Some((Text::new("打开", "Open"), "https://x.example/?a=1&b=\"".into())),
            minutes: 10,
        }
    }

    fn sender(look: Look) -> Sender {
        Sender::new(&look, "Brand")
    }

    #[test]
    fn a_mail_is_written_in_the_readers_language() {
        let zh = compose("a@b.c", &sender(Look::default()), &letter(), Lang::Zh);
        assert!(zh.subject == "[Brand] 主题" && zh.text.contains("一行") && zh.html.contains("lang=\"zh\""));
        let en = compose("a@b.c", &sender(Look::default()), &letter(), Lang::En);
        assert!(en.subject == "[Brand] Subject" && en.text.contains("https://x.example/?a=1&b="));
    }

    #[test]
    fn nothing_in_a_mail_becomes_markup() {
        let look = Look {
            title: Some("<script>\r\nBcc: x".into()),
            support: Some("<i>us</i>".into()),
            ..Look::default()
        };
        let mail = compose("a@b.c", &sender(look), &letter(), Lang::En);
        assert!(mail.html.contains("a &lt;b&gt;line") && !mail.html.contains("<script>"), "{}", mail.html);
        assert!(mail.html.contains("b=&quot;") && !mail.subject.contains(['\r', '\n']));
        assert!(mail.html.contains("Help: &lt;i&gt;us"), "{}", mail.html);
    }

    #[test]
    fn a_mail_looks_as_its_brand() {
        let look = Look {
            title: Some("Second Proxy".into()),
            colour: Some("#8a2be2".into()),
            support: Some("help@second.example".into()),
            ..Look::default()
        };
        let mail = compose("a@b.c", &sender(look), &letter(), Lang::En);
        assert_eq!(mail.from_name, "Second Proxy");
        assert_eq!(mail.html.matches("background:#8a2be2;color:#ffffff").count(), 2, "{}", mail.html);
        assert!(!mail.html.contains(OWN) && mail.html.contains(">Second Proxy</td>"), "{}", mail.html);
        assert!(mail.text.ends_with("-- \nSecond Proxy\nHelp: help@second.example\n"), "{}", mail.text);
    }

    #[test]
    fn a_text_on_a_brands_colour_can_be_read() {
        for (colour, wanted) in
            [(OWN, "#ffffff"), ("#1c5d99", "#ffffff"), ("#ffd400", "#14191d"), ("#FFFFFF", "#14191d")]
        {
            assert_eq!(ink(colour), wanted, "{colour}");
        }
        assert_eq!((luminance("#000000"), luminance("#ffffff")), (0, 1_000_000));
    }
}
