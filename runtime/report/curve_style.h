#pragma once

#include <cstddef>
#include <string_view>

namespace dlc {

/// As many runs have a colour of their own; with more, lines are broken.
inline constexpr std::size_t run_colours = 8;

/// The colours and widths of a picture, with a second set of colours for dark surroundings. Blue and orange
/// are told apart by all common kinds of colour blindness, and the validation line is the thicker one
/// besides.
inline constexpr std::string_view curve_style = R"(<style>
text{font-family:-apple-system,BlinkMacSystemFont,"Segoe UI","Noto Sans","DejaVu Sans",Helvetica,Arial,
sans-serif;font-size:11px;fill:#57606a}
.page{fill:#ffffff;stroke:#d8dee4}
.title{font-size:15px;font-weight:600;fill:#1f2328}
.name{font-size:13px;font-weight:600;fill:#1f2328}
.value{fill:#1f2328}
.grid{stroke:#eaeef2;stroke-width:1}
.base{stroke:#afb8c1;stroke-width:1}
.kept{stroke:#8c959f;stroke-width:1;stroke-dasharray:3 3}
.line{fill:none;stroke-linejoin:round;stroke-linecap:round}
.ring{fill:#ffffff;stroke-width:2}
.train{stroke:#2f74c0;stroke-width:1.6}
.valid{stroke:#d9622b;stroke-width:2.4}
.test{stroke:#1a8a5a;stroke-width:2}
.other{stroke:#7b54b5;stroke-width:1.6}
.train-fill{fill:#2f74c0}
.valid-fill{fill:#d9622b}
.test-fill{fill:#1a8a5a}
.other-fill{fill:#7b54b5}
.run-0{stroke:#2f74c0;stroke-width:1.8}
.run-1{stroke:#d9622b;stroke-width:1.8}
.run-2{stroke:#1a8a5a;stroke-width:1.8}
.run-3{stroke:#7b54b5;stroke-width:1.8}
.run-4{stroke:#b3246b;stroke-width:1.8}
.run-5{stroke:#0f8b9d;stroke-width:1.8}
.run-6{stroke:#9a6b00;stroke-width:1.8}
.run-7{stroke:#57606a;stroke-width:1.8}
.run-0-fill{fill:#2f74c0}
.run-1-fill{fill:#d9622b}
.run-2-fill{fill:#1a8a5a}
.run-3-fill{fill:#7b54b5}
.run-4-fill{fill:#b3246b}
.run-5-fill{fill:#0f8b9d}
.run-6-fill{fill:#9a6b00}
.run-7-fill{fill:#57606a}
.again{stroke-dasharray:6 3}
.bad{stroke:#cf222e;stroke-width:1.8;fill:none;stroke-linecap:round}
.bad-text{fill:#cf222e}
@media (prefers-color-scheme:dark){
text{fill:#9aa4af}
.page{fill:#0d1117;stroke:#30363d}
.title,.name,.value{fill:#e6edf3}
.grid{stroke:#21262d}
.base{stroke:#484f58}
.kept{stroke:#6e7681}
.ring{fill:#0d1117}
.train{stroke:#6cb0ff}
.valid{stroke:#ff9d5c}
.test{stroke:#56d399}
.other{stroke:#c9a5ff}
.train-fill{fill:#6cb0ff}
.valid-fill{fill:#ff9d5c}
.test-fill{fill:#56d399}
.other-fill{fill:#c9a5ff}
.run-0{stroke:#6cb0ff}
.run-1{stroke:#ff9d5c}
.run-2{stroke:#56d399}
.run-3{stroke:#c9a5ff}
.run-4{stroke:#ff8fc0}
.run-5{stroke:#5fd4e6}
.run-6{stroke:#e3b341}
.run-7{stroke:#9aa4af}
.run-0-fill{fill:#6cb0ff}
.run-1-fill{fill:#ff9d5c}
.run-2-fill{fill:#56d399}
.run-3-fill{fill:#c9a5ff}
.run-4-fill{fill:#ff8fc0}
.run-5-fill{fill:#5fd4e6}
.run-6-fill{fill:#e3b341}
.run-7-fill{fill:#9aa4af}
.bad{stroke:#ff7b72}
.bad-text{fill:#ff7b72}
}
</style>
)";

}  // namespace dlc
