# One word per need, the same at the desk and in CI. `just` alone lists them.

default:
    @just --list

# The demo: an installation with customer, packages and exits, ready to try
demo:
    cargo run --release -- up --demo

# The test command of the README
test:
    cargo test --workspace

# Formats, lints, repository checks and tests with PostgreSQL, as CI runs them
ci:
    .ci/run

fmt:
    cargo fmt --all

lint:
    cargo clippy --workspace --all-targets -- -D warnings

# Directions of crates, twin migrations, paths in documents, file sizes
check:
    cargo xtask check

# Holds the running API against its own document with random requests: `just conformance 50` asks more
conformance examples='5' seed='1':
    .ci/conformance {{examples}} {{seed}}

# Measures Turnpike beside other proxies (docs/benchmark.md): `just bench --quick`, `just bench --install`
bench *args:
    cargo build --release -p turnpike -p turnpike-bench
    target/release/turnpike-bench {{args}}

# Fuzzes one parser for some seconds (needs cargo-fuzz): socks5, udp, http, username, proxy_header
fuzz target='http' seconds='600':
    cd fuzz && mkdir -p target/found/{{target}} && RUSTC_BOOTSTRAP=1 cargo fuzz run {{target}} \
        target/found/{{target}} corpus/{{target}} -- -max_total_time={{seconds}} -max_len=1024 -timeout=5

# Licences, bans and sources of every dependency (needs cargo-deny)
licences:
    cargo deny check licenses bans sources
