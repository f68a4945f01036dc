//! A control plane that does what a test says, and remembers what it was told.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::broadcast;
use turnpike_base::time::{Clock, SystemClock};
use turnpike_base::{AccountId, Bytes, CustomerId, ExitId, LeaseId, ProductType, Timestamp};
use turnpike_wire::{
    Admission, Bind, BoxFuture, Change, ChangeFeed, Control, ControlAway, CountryCode, ExitHealth, ExitKind,
    ExitRecord, ExitStatus, Hello, Lease, LeaseAnswer, LeaseRequest, Numbered, Permit, PinAnswer, PinAsk,
    PlaceFilter, Pool, Proven, Reason, Refusal, Subject, UsageBatch, Welcome,
};

/// What an account or an allowlisted address may do.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) password: String,
    pub(crate) permit: Permit,
    /// Set: it is refused with this although the password is right.
    pub(crate) refusal: Option<Refusal>,
}

impl Account {
    /// Customer and account `id` on the residential pool, password `secret`.
    pub(crate) fn new(id: i64) -> Self {
        let subject =
            Subject { customer: CustomerId(id), account: Some(AccountId(id)), product: ProductType::Dynamic };
        let permit = Permit {
            subject,
            username: format!("account{id}"),
            pool: Pool::Residential,
            place: PlaceFilter::default(),
            owned: None,
            endpoint: None,
            caps: None,
            udp: false,
            blocked_hosts: Vec::new(),
            valid_until: Timestamp::FAR,
        };
        Self { password: "secret".into(), permit, refusal: None }
    }

    /// The same for an address: no account.
    pub(crate) fn address(customer: i64) -> Self {
        let mut account = Self::new(customer);
        account.permit.subject.account = None;
        account.permit.username = String::new();
        account
    }
}

/// A local exit in Los Angeles, California, of AS7922.
pub(crate) fn local_exit(id: i64, ip: IpAddr) -> ExitRecord {
    ExitRecord {
        id: ExitId(id),
        kind: ExitKind::Local { bind: Bind::Address(ip) },
        pools: vec![Pool::Residential],
        country: CountryCode::parse("US").unwrap(),
        state_key: Some("US-CA".into()),
        city_key: Some("losangeles".into()),
        city: Some("Los Angeles".into()),
        asn: Some(7922),
        status: ExitStatus::Enabled,
    }
}

#[derive(Debug, Default)]
struct State {
    accounts: HashMap<String, Account>,
    addresses: HashMap<IpAddr, Account>,
    exits: Vec<ExitRecord>,
    /// Exits that worked when others looked.
    proven: Vec<Proven>,
    /// Bytes left and the size of a lease; without an entry there is no end.
    purses: HashMap<Subject, (i64, i64)>,
    pins: HashMap<(Subject, String), PinAnswer>,
    batches: Vec<UsageBatch>,
    admissions: Vec<Admission>,
    health: Vec<ExitHealth>,
    /// Hosts that the operator closed.
    closed: Vec<String>,
    hellos: Vec<Hello>,
}

/// The machine's clock, set forward by a test.
#[derive(Debug, Default)]
pub(crate) struct Shifted(AtomicI64);

impl Shifted {
    pub(crate) fn forward(&self, minutes: i64) {
        self.forward_seconds(minutes * 60);
    }

    pub(crate) fn forward_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }
}

impl Clock for Shifted {
    fn now(&self) -> Timestamp {
        Timestamp(SystemClock.now().0 + self.0.load(Ordering::SeqCst))
    }
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Script {
    state: Mutex<State>,
    feed: broadcast::Sender<Arc<Numbered>>,
    seq: AtomicI64,
    lease: AtomicI64,
    /// What time it is, for the gateway too.
    pub(crate) clock: Arc<Shifted>,
    /// Leases are granted while nobody holds it.
    pub(crate) lease_gate: tokio::sync::Mutex<()>,
    /// Reports are not taken.
    pub(crate) report_away: AtomicBool,
    /// Nothing is answered.
    pub(crate) away: AtomicBool,
    /// Reports refused so far.
    pub(crate) reports_refused: AtomicUsize,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            feed: broadcast::channel(64).0,
            seq: AtomicI64::new(0),
            lease: AtomicI64::new(0),
            clock: Arc::default(),
            lease_gate: tokio::sync::Mutex::default(),
            report_away: AtomicBool::new(false),
            away: AtomicBool::new(false),
            reports_refused: AtomicUsize::new(0),
        }
    }
}

impl Script {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(crate) fn put_account(&self, name: &str, account: Account) {
        self.state().accounts.insert(name.into(), account);
    }

    /// Changes an account.
    pub(crate) fn edit(&self, name: &str, edit: impl FnOnce(&mut Account)) {
        edit(self.state().accounts.get_mut(name).unwrap());
    }

    pub(crate) fn put_address(&self, ip: &str, account: Account) {
        self.state().addresses.insert(ip.parse().unwrap(), account);
    }

    pub(crate) fn drop_address(&self, ip: &str) {
        self.state().addresses.remove(&ip.parse::<IpAddr>().unwrap());
    }

    /// An exit worked when others looked.
    pub(crate) fn prove(&self, exit: ExitId) {
        self.state().proven.push(Proven { exit, latency_us: 900 });
    }

    pub(crate) fn put_exit(&self, exit: ExitRecord) {
        let mut state = self.state();
        state.exits.retain(|e| e.id != exit.id);
        state.exits.push(exit);
    }

    pub(crate) fn drop_exit(&self, id: ExitId) {
        self.state().exits.retain(|e| e.id != id);
    }

    /// Closes a host, as the operator does.
    pub(crate) fn close(&self, host: &str) {
        self.state().closed.push(host.into());
    }

    pub(crate) fn drop_exits(&self) {
        self.state().exits.clear();
    }

    /// Gives a subject an end: bytes in all, handed out in leases of this size.
    pub(crate) fn fill_purse(&self, subject: Subject, bytes: i64, lease: i64) {
        self.state().purses.insert(subject, (bytes, lease));
    }

    /// Tells every gateway of a change.
    pub(crate) fn tell(&self, change: Change) {
        let seq = self.seq.fetch_add(1, Ordering::SeqCst) + 1;
        let _ = self.feed.send(Arc::new(Numbered { seq, change }));
    }

    /// Counts a change that nobody hears of.
    pub(crate) fn lose_a_change(&self) {
        self.seq.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn batches(&self) -> Vec<UsageBatch> {
        self.state().batches.clone()
    }

    pub(crate) fn admissions(&self) -> Vec<Admission> {
        self.state().admissions.clone()
    }

    pub(crate) fn hellos(&self) -> Vec<Hello> {
        self.state().hellos.clone()
    }

    pub(crate) fn pins(&self) -> HashMap<(Subject, String), PinAnswer> {
        self.state().pins.clone()
    }

    pub(crate) fn health(&self) -> Vec<ExitHealth> {
        self.state().health.clone()
    }

    /// Bytes up and down of all rows.
    pub(crate) fn counted(&self) -> (i64, i64) {
        let state = self.state();
        let rows = state.batches.iter().flat_map(|b| &b.rows);
        rows.fold((0, 0), |(up, down), row| (up + row.up.0, down + row.down.0))
    }

    /// Leases granted, and leases closed so far.
    pub(crate) fn leases(&self) -> (i64, i64) {
        let closed = self.state().batches.iter().flat_map(|b| &b.leases).filter(|l| l.closed).count();
        (self.lease.load(Ordering::SeqCst), i64::try_from(closed).unwrap())
    }

    /// Bytes of all leases.
    pub(crate) fn leased(&self) -> i64 {
        self.state().batches.iter().flat_map(|b| &b.leases).map(|l| l.bytes.0).sum()
    }

    fn present(&self) -> Result<(), ControlAway> {
        if self.away.load(Ordering::SeqCst) { Err(ControlAway("scripted".into())) } else { Ok(()) }
    }

    fn permit(&self, ask: &Admission) -> Result<Permit, Refusal> {
        let mut state = self.state();
        state.admissions.push(ask.clone());
        let found = match &ask.credentials {
            Some(sent) => state
                .accounts
                .get(&sent.account.to_ascii_lowercase())
                .filter(|account| account.password == sent.password),
            None => state.addresses.get(&ask.client),
        };
        let account = found.ok_or(Reason::BadCredentials)?.clone();
        let mut permit = account.permit;
        let to = permit.subject;
        if let Some(refusal) = account.refusal {
            return Err(refusal.to(to));
        }
        let country = ask.targeting.country.as_deref().map(CountryCode::parse);
        if country == Some(None) {
            return Err(Refusal::new(Reason::UnknownPlace).to(to));
        }
        permit.place.country = country.flatten();
        permit.place.city = ask.targeting.city.clone();
        permit.place.asn = ask.targeting.asn;
        if let (Some(id), Some(owned)) = (&ask.targeting.ip, &mut permit.owned) {
            owned.retain(|o| o.exit.0.to_string() == *id);
        }
        Ok(permit)
    }

    fn answer(&self, subject: Subject, want: Bytes) -> LeaseAnswer {
        let mut bytes = want.0;
        if let Some((left, size)) = self.state().purses.get_mut(&subject) {
            if *left <= 0 {
                return LeaseAnswer::Denied(Refusal::new(Reason::PackageEmpty).to(subject));
            }
            bytes = (*left).min(*size);
            *left -= bytes;
        }
        let id = LeaseId(self.lease.fetch_add(1, Ordering::SeqCst) + 1);
        LeaseAnswer::Granted(Lease { id, package: None, bytes: Bytes(bytes), valid_until: Timestamp::FAR })
    }
}

fn ready<T: Send + 'static>(value: T) -> BoxFuture<'static, T> {
    Box::pin(std::future::ready(value))
}

impl Control for Script {
    fn hello(&self, hello: Hello) -> BoxFuture<'_, Result<Welcome, ControlAway>> {
        self.state().hellos.push(hello);
        let seq = self.seq.load(Ordering::SeqCst);
        let exits = self.state().exits.clone();
        let denied_hosts = [vec!["denied.test".to_owned()], self.state().closed.clone()].concat();
        let proven = self.state().proven.clone();
        let welcome = Welcome { seq, exits, proven, denied_hosts, denied_ports: vec![7] };
        ready(self.present().map(|()| welcome))
    }

    fn admit(&self, ask: Admission) -> BoxFuture<'_, Result<Permit, Refusal>> {
        let away = self.present().map_err(|_| Refusal::new(Reason::ControlAway));
        ready(away.and_then(|()| self.permit(&ask)))
    }

    fn lease(&self, request: LeaseRequest) -> BoxFuture<'_, Result<Vec<LeaseAnswer>, ControlAway>> {
        let answers = |asks: LeaseRequest| asks.asks.iter().map(|a| self.answer(a.subject, a.want)).collect();
        Box::pin(async move {
            let _open = self.lease_gate.lock().await;
            self.present().map(|()| answers(request))
        })
    }

    fn report(&self, batch: UsageBatch) -> BoxFuture<'_, Result<(), ControlAway>> {
        if self.report_away.load(Ordering::SeqCst) || self.away.load(Ordering::SeqCst) {
            self.reports_refused.fetch_add(1, Ordering::SeqCst);
            return ready(Err(ControlAway("scripted".into())));
        }
        self.state().batches.push(batch);
        ready(Ok(()))
    }

    fn pin(&self, ask: PinAsk) -> BoxFuture<'_, Result<PinAnswer, ControlAway>> {
        let now = self.clock.now();
        let mut state = self.state();
        let slot = state.pins.entry((ask.subject, ask.session));
        let fresh = PinAnswer { exit: ask.exit, until: ask.until };
        let pin = slot.or_insert(fresh);
        if now >= pin.until && ask.exit == pin.exit && ask.instead_of != Some(pin.exit) {
            return ready(Ok(*pin));
        }
        if now >= pin.until || ask.instead_of == Some(pin.exit) {
            *pin = fresh;
        } else if ask.prolongs {
            pin.until = pin.until.max(ask.until);
        }
        ready(Ok(*pin))
    }

    fn health(&self, seen: Vec<ExitHealth>) -> BoxFuture<'_, Result<(), ControlAway>> {
        self.state().health.extend(seen);
        ready(Ok(()))
    }

    fn changes(&self) -> ChangeFeed {
        self.feed.subscribe()
    }
}
