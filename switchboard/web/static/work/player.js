// Plays a message: a picture of the sound to seek in, one button, and how fast. What was heard to its end (or
// nearly) is told, so that the lamp goes out.

import { ask } from "./ask.js";

const HEARD_SHARE = 0.85;
const STEP_SECONDS = 5;

function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

class Player {
  constructor(root) {
    this.root = root;
    this.audio = root.querySelector("audio");
    this.canvas = root.querySelector("canvas");
    this.slider = root.querySelector("[role=slider]");
    this.button = root.querySelector(".play");
    this.time = root.querySelector(".time");
    this.says = root.querySelector(".player-says");
    this.peaks = JSON.parse(root.dataset.peaks || "[]");
    this.length = Number(root.dataset.seconds) || 0;
    this.heard = root.dataset.state !== "new";
    this.audio.controls = false;
    root.querySelector(".player-own").hidden = false;
    this.button.addEventListener("click", () => this.toggle());
    root.querySelector(".speed").addEventListener("change", (event) => {
      this.audio.playbackRate = Number(event.target.value);
    });
    for (const event of ["play", "pause", "ended", "timeupdate", "durationchange"]) {
      this.audio.addEventListener(event, () => this.show());
    }
    this.audio.addEventListener("timeupdate", () => this.tellHeard());
    this.audio.addEventListener("ended", () => this.tellHeard());
    this.audio.addEventListener("error", () => this.failed());
    this.slider.addEventListener("pointerdown", (event) => this.point(event));
    this.slider.addEventListener("pointermove", (event) => event.buttons && this.point(event));
    this.slider.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    this.show();
  }

  get duration() {
    return Number.isFinite(this.audio.duration) && this.audio.duration > 0 ? this.audio.duration : this.length;
  }

  async toggle() {
    if (!this.audio.paused) return this.audio.pause();
    if (this.audio.ended) this.audio.currentTime = 0;
    try {
      await this.audio.play();
    } catch {
      this.failed();
    }
  }

  failed() {
    this.says.textContent = this.says.dataset.failed;
    this.says.hidden = false;
  }

  point(event) {
    event.preventDefault();
    this.slider.focus();
    const box = this.canvas.getBoundingClientRect();
    this.seek(((event.clientX - box.left) / box.width) * this.duration);
  }

  key(event) {
    const steps = { ArrowRight: STEP_SECONDS, ArrowUp: STEP_SECONDS, ArrowLeft: -STEP_SECONDS, ArrowDown: -STEP_SECONDS };
    if (event.key === " " || event.key === "Enter") this.toggle();
    else if (event.key === "Home") this.seek(0);
    else if (event.key === "End") this.seek(this.duration);
    else if (event.key in steps) this.seek(this.audio.currentTime + steps[event.key]);
    else return;
    event.preventDefault();
  }

  seek(seconds) {
    const to = Math.min(Math.max(0, seconds), Math.max(0, this.duration - 0.05));
    if (this.audio.readyState === 0) {
      this.audio.addEventListener("loadedmetadata", () => { this.audio.currentTime = to; }, { once: true });
      this.audio.load();
    } else {
      this.audio.currentTime = to;
    }
    this.show(to);
  }

  async tellHeard() {
    if (this.heard || this.duration === 0 || this.audio.currentTime < this.duration * HEARD_SHARE) return;
    this.heard = true;
    try {
      await ask("POST", `/messages/${encodeURIComponent(this.root.dataset.message)}/heard`);
      this.root.dispatchEvent(new CustomEvent("heard", { bubbles: true }));
    } catch {
      this.heard = false;
    }
  }

  show(at = this.audio.currentTime) {
    const playing = !this.audio.paused && !this.audio.ended;
    this.button.setAttribute("aria-pressed", String(playing));
    this.button.setAttribute("aria-label", playing ? this.button.dataset.pause : this.button.dataset.play);
    this.button.classList.toggle("playing", playing);
    this.time.textContent = `${clock(at)} / ${clock(this.duration)}`;
    this.slider.setAttribute("aria-valuemax", String(Math.round(this.duration)));
    this.slider.setAttribute("aria-valuenow", String(Math.round(at)));
    this.slider.setAttribute("aria-valuetext", this.time.textContent);
    this.draw(at);
  }

  draw(at = this.audio.currentTime) {
    const ratio = window.devicePixelRatio || 1;
    const width = Math.round(this.canvas.clientWidth * ratio);
    const height = Math.round(this.canvas.clientHeight * ratio);
    if (!width || !height) return;
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    const pen = this.canvas.getContext("2d");
    const look = getComputedStyle(this.root);
    const done = look.getPropertyValue("--accent").trim();
    const rest = look.getPropertyValue("--line-strong").trim();
    pen.clearRect(0, 0, width, height);
    const count = Math.max(1, Math.min(this.peaks.length || 60, Math.floor(width / (3 * ratio))));
    const played = this.duration ? at / this.duration : 0;
    const loudest = Math.max(30, ...this.peaks);
    for (let bar = 0; bar < count; bar += 1) {
      const first = Math.floor((bar * this.peaks.length) / count);
      const last = Math.max(first + 1, Math.floor(((bar + 1) * this.peaks.length) / count));
      const peak = this.peaks.length ? Math.max(...this.peaks.slice(first, last)) / loudest : 0.1;
      const tall = Math.max(2 * ratio, peak * (height - 4 * ratio));
      pen.fillStyle = (bar + 0.5) / count <= played ? done : rest;
      pen.fillRect((bar * width) / count, (height - tall) / 2, Math.max(1, width / count - ratio), tall);
    }
  }
}

for (const root of document.querySelectorAll(".player")) new Player(root);
