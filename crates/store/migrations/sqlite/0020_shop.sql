-- The shop: catalogue, coupons, orders, what they granted, renewals.
-- Per site: how its shop works, as JSON (the catalogue file's [shop]).
CREATE TABLE shops (
    site_id BIGINT PRIMARY KEY,
    spec TEXT NOT NULL
);
CREATE TABLE products (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    site_id BIGINT NOT NULL,
    -- The operator's own name for it; the catalogue file finds it by this.
    code TEXT NOT NULL,
    product_type BIGINT NOT NULL,
    -- 1 for sale, 0 withdrawn.
    status BIGINT NOT NULL,
    -- How many may be sold, 0: any; how many were, unpaid orders included.
    stock BIGINT NOT NULL,
    taken BIGINT NOT NULL DEFAULT 0,
    position BIGINT NOT NULL,
    -- Everything else, as JSON.
    spec TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (site_id, code)
);
-- Lasting ids of the choices of type 11; their prices stand in the product.
CREATE TABLE product_skus (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    product_id BIGINT NOT NULL,
    -- bandwidth (Mbit/s), duration (days), concurrency (connections)
    kind TEXT NOT NULL,
    value BIGINT NOT NULL,
    UNIQUE (product_id, kind, value)
);
CREATE TABLE coupons (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    site_id BIGINT NOT NULL,
    -- As typed, and in upper case as compared.
    code TEXT NOT NULL,
    code_key TEXT NOT NULL,
    -- NULL: anybody's.
    customer_id BIGINT,
    -- Uses, orders that wait for payment included.
    used BIGINT NOT NULL DEFAULT 0,
    disabled BIGINT NOT NULL DEFAULT 0,
    ends_at BIGINT NOT NULL,
    -- Everything else, as JSON.
    spec TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (site_id, code_key)
);
-- Who used a coupon for which order; the row goes when the order closes unpaid.
CREATE TABLE coupon_uses (
    trade_no TEXT PRIMARY KEY,
    coupon_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX coupon_uses_customer ON coupon_uses (coupon_id, customer_id);
-- Who was invited, and which order took the discount.
CREATE TABLE invitations (
    customer_id BIGINT PRIMARY KEY,
    trade_no TEXT,
    created_at BIGINT NOT NULL
);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    site_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    trade_no TEXT NOT NULL UNIQUE,
    -- The provider's number.
    out_trade_no TEXT NOT NULL DEFAULT '',
    product_id BIGINT NOT NULL,
    product_type BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    -- Minor units of this currency.
    currency TEXT NOT NULL,
    unit_price BIGINT NOT NULL,
    gross BIGINT NOT NULL,
    discount_fee BIGINT NOT NULL,
    handling_fee BIGINT NOT NULL,
    refund_fee BIGINT NOT NULL DEFAULT 0,
    -- What really came.
    received BIGINT NOT NULL DEFAULT 0,
    -- 0: chosen when paying.
    pm_id BIGINT NOT NULL,
    -- 0 unpaid, 1 paid, 2 closed, 3 refunded
    status BIGINT NOT NULL,
    -- 0 exact, 1 too much came, 2 too little
    pay_fee_status BIGINT NOT NULL DEFAULT 0,
    -- 1: the invitation discount was taken.
    invited BIGINT NOT NULL DEFAULT 0,
    -- Type 26: the order it completes. Else empty.
    completes TEXT NOT NULL DEFAULT '',
    -- Texts and what is to be granted, as JSON.
    title_zh TEXT NOT NULL,
    title_en TEXT NOT NULL,
    goods TEXT NOT NULL,
    invoice_id BIGINT,
    created_at BIGINT NOT NULL,
    expire_at BIGINT NOT NULL,
    paid_at BIGINT,
    closed_at BIGINT
);
CREATE INDEX orders_customer ON orders (customer_id, created_at, id);
CREATE INDEX orders_waiting ON orders (expire_at) WHERE status = 0;
CREATE INDEX orders_trial ON orders (customer_id, product_id);
-- What orders granted, so that it can be taken back and proved.
CREATE TABLE grants (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    trade_no TEXT NOT NULL,
    customer_id BIGINT NOT NULL,
    -- bucket, count, caps, address, addon, renewal, balance
    kind TEXT NOT NULL,
    -- The package; 0: the balance.
    package_id BIGINT NOT NULL,
    -- Bytes, uses, or minor units; 0 where nothing is drawn.
    quantity BIGINT NOT NULL,
    -- Taken back so far.
    taken BIGINT NOT NULL DEFAULT 0,
    -- The time it gave.
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX grants_order ON grants (trade_no);
CREATE INDEX grants_package ON grants (package_id);
-- Packages that a dispute froze, and when they would have expired.
CREATE TABLE freezes (
    package_id BIGINT PRIMARY KEY,
    trade_no TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX freezes_order ON freezes (trade_no);
CREATE TABLE renewal_settings (
    package_id BIGINT PRIMARY KEY,
    customer_id BIGINT NOT NULL,
    -- 1m, 2m, em for addresses; empty: the same purchase again.
    duration TEXT NOT NULL,
    -- When it is tried next.
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    updated_at BIGINT NOT NULL
);
CREATE INDEX renewal_settings_due ON renewal_settings (due_at);
CREATE TABLE renewal_logs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id BIGINT NOT NULL,
    package_id BIGINT NOT NULL,
    product_type BIGINT NOT NULL,
    -- 1 renewed, 2 failed
    status BIGINT NOT NULL,
    -- Empty where none was made.
    trade_no TEXT NOT NULL,
    fee BIGINT NOT NULL,
    -- A stable slug; empty when it went well.
    reason TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX renewal_logs_customer ON renewal_logs (customer_id, id);
-- What a customer was warned of, so that he is warned once.
CREATE TABLE warnings (
    package_id BIGINT NOT NULL,
    -- used_80, used_100, expires, renews
    kind TEXT NOT NULL,
    -- The expiry it was about: a renewed package warns anew.
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (package_id, kind, expires_at)
);
