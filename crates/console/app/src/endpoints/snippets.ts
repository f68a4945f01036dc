// Code that uses an endpoint, in the languages that customers ask for.

export const LANGUAGES = ['curl', 'Python', 'Node', 'Go', 'Rust', 'Playwright'] as const
export type Language = (typeof LANGUAGES)[number]

export interface Target { host: string; port: number; user: string; password: string }

/** `url` is what the code asks for. */
export function snippet(language: Language, to: Target, url: string): string {
  const server = `http://${to.host}:${to.port}`
  const whole = `http://${to.user}:${to.password}@${to.host}:${to.port}`
  switch (language) {
    case 'curl':
      return `curl -x ${server} \\\n     -U "${to.user}:${to.password}" \\\n     ${url}`
    case 'Python':
      return `import requests\n\nproxy = "${whole}"\nanswer = requests.get(\n    "${url}",\n    proxies={"http": proxy, "https": proxy},\n    timeout=30,\n)\nprint(answer.status_code, len(answer.content))`
    case 'Node':
      return `import { ProxyAgent, fetch } from 'undici'\n\nconst dispatcher = new ProxyAgent('${whole}')\nconst answer = await fetch('${url}', { dispatcher })\nconsole.log(answer.status, (await answer.text()).length)`
    case 'Go':
      return `package main\n\nimport (\n\t"fmt"\n\t"net/http"\n\t"net/url"\n)\n\nfunc main() {\n\tproxy, _ := url.Parse("${whole}")\n\tclient := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxy)}}\n\tanswer, err := client.Get("${url}")\n\tif err != nil {\n\t\tpanic(err)\n\t}\n\tdefer answer.Body.Close()\n\tfmt.Println(answer.Status)\n}`
    case 'Rust':
      return `// reqwest = { version = "0.12", features = ["blocking"] }\nfn main() -> Result<(), reqwest::Error> {\n    let proxy = reqwest::Proxy::all("${server}")?\n        .basic_auth("${to.user}", "${to.password}");\n    let client = reqwest::blocking::Client::builder().proxy(proxy).build()?;\n    let answer = client.get("${url}").send()?;\n    println!("{}", answer.status());\n    Ok(())\n}`
    case 'Playwright':
      return `import { chromium } from 'playwright'\n\nconst browser = await chromium.launch({\n  proxy: {\n    server: '${server}',\n    username: '${to.user}',\n    password: '${to.password}',\n  },\n})\nconst page = await browser.newPage()\nawait page.goto('${url}')\nconsole.log(await page.title())\nawait browser.close()`
  }
}
