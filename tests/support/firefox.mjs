// Uses the page in Firefox: node firefox.mjs FIREFOX ADDRESS RECORDING... prints as JSON what the page shows.
import puppeteer from "puppeteer-core";

const [executablePath, address, ...recordings] = process.argv.slice(2);
const microphone = { "media.navigator.streams.fake": true, "media.navigator.permission.disabled": true };
const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true, extraPrefsFirefox: microphone });
const page = await browser.newPage();
page.setDefaultTimeout(600_000);
const told = { faults: [], headlines: [] };
page.on("pageerror", (error) => told.faults.push(String(error)));

const text = (selector) => page.$eval(selector, (node) => node.textContent.trim());
const openTab = (name) => page.evaluate((name) => [...document.querySelectorAll('[role="tab"]')].find((tab) => tab.textContent.trim() === name).click(), name);

await page.goto(address);
for (const recording of recordings) {
  await page.waitForSelector("#result [data-state=empty]");
  await (await page.waitForSelector("#clip input[type=file]")).uploadFile(recording);
  await page.waitForSelector("#result [data-state]:not([data-state=empty])");
  told.headlines.push(await page.$eval("#result .headline", (node) => node.firstChild.textContent.trim()));
  if (recording !== recordings.at(-1)) await page.click("#clip button[aria-label=Clear]");
}
await (await page.waitForSelector(".plot")).focus();
await page.keyboard.down("Shift");
await page.keyboard.press("ArrowRight");
await page.keyboard.up("Shift");
told.selected = await text("#result .kicker");

await openTab("Several files");
await (await page.waitForSelector("#files input[type=file]")).uploadFile(recordings.at(-1));
await (await page.waitForSelector(".files tbody .name")).click();
await page.waitForSelector(".file-details .lane");
told.row = await text(".files tbody tr");

await openTab("Live");
await (await page.waitForSelector(".live-button")).click();
await page.waitForFunction(() => document.querySelector(".live-hint.alarm") || Number(document.querySelector("#live [data-answers]")?.dataset.answers) > 1);
told.live = (await page.$(".live-hint.alarm")) ? await text(".live-hint.alarm") : "";
await browser.close();
console.log(JSON.stringify(told));
