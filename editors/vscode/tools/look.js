// look.js URL FOLDER FILE PICTURE: opens a file in a code-server, waits until it is coloured by our grammar, takes a picture.
"use strict";

const { chromium } = require("playwright-core");

async function main([url, folder, file, picture]) {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage({ viewport: { width: 1000, height: 720 } });
    for (let tries = 0; ; tries++) {
      try {
        await page.goto(`${url}/?folder=${encodeURIComponent(folder)}`);
        break;
      } catch (error) {
        if (tries === 60) throw error;
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    }
    const entry = page.locator(`.explorer-folders-view [aria-label*="${file}"]`).first();
    await entry.waitFor({ timeout: 120000 });
    await entry.dblclick();
    await page.locator(".view-lines").waitFor({ timeout: 60000 });
    // The language that VS Code gives the file, in the status bar, and more than one colour in its text.
    await page.locator('.statusbar-item [aria-label="appnet"], [id="status.editor.mode"] >> text=appnet').first().waitFor({ timeout: 60000 });
    await page.waitForFunction(() => {
      const words = [...document.querySelectorAll(".view-line span span")];
      return new Set(words.map((word) => getComputedStyle(word).color)).size >= 5;
    }, undefined, { timeout: 60000 });
    await page.keyboard.press("Control+b"); // the side bar away
    await page.waitForTimeout(1500);
    await page.screenshot({ path: picture });
  } finally {
    await browser.close();
  }
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
