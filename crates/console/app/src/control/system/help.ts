// What each setting is for. The server says it in English; here it is in both languages, by the setting's name.

import { texts } from '../../lib/lang'

const t = texts({
  data_dir: ['数据目录：数据库、密钥、锁', 'Where the data live: store, key, lock'],
  database_url: ['使用 PostgreSQL 代替 SQLite', 'PostgreSQL in place of SQLite'],
  api_listen: ['API 和控制台的监听地址', 'Address and port of the API and the console'],
  proxy_listen: ['代理入口的监听地址', 'Address and port of the proxy entry'],
  echo_listen: ['演示用回显服务的监听地址', 'Address and port of the demo’s echo origin'],
  endpoint_ports: ['提取端点使用的端口范围', 'Ports of extracted endpoints'],
  proxy_host: ['客户连接代理时使用的主机名；未设置时与访问 API 的主机名相同', 'Name or address that customers dial; unset: the one they call the API under'],
  static_rest_hours: ['静态 IP 释放后的冷却小时数', 'How many hours a static address rests after its holder'],
  allow_private_destinations: ['允许客户访问私有地址（仅限实验环境）', 'Let customers reach private addresses (laboratories)'],
  api_tls_cert: ['API 的证书链（PEM），收到 SIGHUP 时重新读取', 'Certificate chain (PEM) of the API; read again on SIGHUP'],
  api_tls_key: ['API 的私钥（PEM）', 'Private key (PEM) of the API'],
  proxy_tls_cert: ['代理入口的证书链（PEM），收到 SIGHUP 时重新读取', 'Certificate chain (PEM) of the proxy entry; read again on SIGHUP'],
  proxy_tls_key: ['代理入口的私钥（PEM）', 'Private key (PEM) of the proxy entry'],
  proxy_protocol: ['在代理入口读取 PROXY 协议', 'Read the PROXY protocol on the proxy entry'],
  proxy_protocol_from: ['可信的 PROXY 协议负载均衡器地址', 'Load balancers whose PROXY protocol counts'],
  trusted_proxies: ['API 前的负载均衡器；只信任它们的转发头', 'Load balancers before the API: only their forwarding headers count'],
  public_url: ['邮件链接使用的控制台地址', 'Where people reach the console, for links in mails'],
  smtp_url: ['邮件服务器；未设置时邮件等待发送', 'Mail server; unset: mails wait'],
  smtp_from: ['发件人地址', 'Mails come from this address'],
  webhook_url: ['接收签名事件的地址：电话验证码、提醒', 'Signed events go here: codes by telephone, warnings'],
  webhook_secret: ['事件签名密钥（HMAC-SHA256）', 'Signs those events (HMAC-SHA256)'],
  operator_token: ['运营 API 的令牌；未设置时该接口关闭', 'Opens the operator API; without it that is closed'],
  metrics_token: ['打开 /metrics 的令牌；未设置时关闭', 'Opens /metrics; without it that is closed'],
  gateway_name: ['网关上报用量时使用的固定名称', 'The stable name under which this gateway reports usage'],
  drain_seconds: ['收到 SIGTERM 后运行中连接的最长时间（秒）', 'How long running connections may go on after SIGTERM, in seconds'],
  stripe_secret_key: ['Stripe 密钥（sk_…）', 'Stripe’s secret key (sk_…)'],
  stripe_webhook_secret: ['Stripe 通知的签名密钥（whsec_…）', 'Signs Stripe’s notices (whsec_…)'],
  stripe_api: ['Stripe API 地址；测试时可更改', 'Where Stripe’s API is; another one for tests'],
  test_url: ['控制台测试端点和示例代码访问的地址', 'What the console’s test of an endpoint, and its samples of code, ask for'],
  address_url: ['逐个经出口访问、返回来访地址的页面', 'A page that tells the address it is asked from: each exit is asked through'],
  udp_address: ['UDP 中转对外公布的地址（网关在 NAT 之后时）', 'The address told to customers for UDP, behind NAT'],
  place_databases: ['用于测定出口位置的地址数据库（MMDB）', 'Databases of addresses (MMDB) that tell where exits are'],
  withhold_misplaced: ['实测位置与声明不符的出口不出售', 'Exits that are elsewhere than they claim are not sold'],
  log_level: ['日志级别', 'How much is logged'],
  log_format: ['日志格式', 'How the log looks'],
})

/** The server's own sentence where this file does not know the setting. */
export const helpOf = (name: string, server: string) => (t as Record<string, string>)[name.replaceAll('-', '_')] ?? server
