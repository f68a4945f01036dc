//! A mail server for tests: takes what is sent to it and keeps it, or refuses it.

use std::net::SocketAddr;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// A server on a port of the system's choice; each mail comes out of the channel as it was sent.
pub(crate) async fn start(refuse: bool) -> (SocketAddr, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, receiver) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(talk(stream, sender.clone(), refuse));
        }
    });
    (address, receiver)
}

async fn talk(stream: TcpStream, sender: mpsc::UnboundedSender<String>, refuse: bool) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 sink\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer = match verb.as_str() {
            "RCPT" if refuse => "450 come again\r\n",
            "DATA" => {
                writer.write_all(b"354 go on\r\n").await?;
                let mut mail = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    mail.push_str(&line);
                    mail.push('\n');
                }
                let _ = sender.send(mail);
                "250 taken\r\n"
            }
            "QUIT" => "221 bye\r\n",
            _ => "250 sink\r\n",
        };
        writer.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}
