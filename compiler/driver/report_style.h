#pragma once
// Contract: how the report looks: one column on a narrow window, more where there is room; light or dark as
// the reader has it.

namespace appnet::driver {

inline constexpr char kReportStyle[] = R"(:root {
  --text: #1c2330; --dim: #566074; --page: #f6f7f9; --card: #ffffff; --line: #d5dae3; --accent: #1d4f91; --warn: #8a4b00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e4e8ef; --dim: #a0aabb; --page: #14181f; --card: #1d232d; --line: #353e4d; --accent: #8db8f2; --warn: #e8b267;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 90rem; margin: 0 auto; padding: 1.5rem clamp(1rem, 3vw, 3rem) 4rem; }
h1 { margin: 0; font-size: 1.8rem; overflow-wrap: anywhere; }
h2 { margin: 2.5rem 0 .8rem; padding-bottom: .3rem; border-bottom: 2px solid var(--line); font-size: 1.3rem; }
h3 { margin: 0 0 .4rem; font: 600 1rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
p { margin: .4rem 0; max-width: 75ch; overflow-wrap: anywhere; }
a { color: var(--accent); }
nav { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin-top: .8rem; }
.about, .at, .note { color: var(--dim); }
code { font: .92em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(24rem, 100%), 1fr)); gap: 1rem; }
article { min-width: 0; padding: .9rem 1.1rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
ul { margin: .4rem 0 0; padding: 0; list-style: none; }
li { padding: .4rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
li span { display: block; font-size: .85rem; }
.if { color: var(--warn); }
details { margin: .5rem 0; padding: .5rem .9rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
summary { cursor: pointer; }
.names { max-width: none; columns: 14rem; }
.names code { display: block; }
@media print { body { background: none; } article { break-inside: avoid; } nav { display: none; } }
)";

}  // namespace appnet::driver
