#include "diag/render_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "diag/report.h"
#include "diag/visible_text.h"

namespace appnet::diag {
namespace {

using source::Position;
using source::SourceMap;
using source::Span;

// A longer line is cut to a window that starts a little before the span.
constexpr std::size_t kLongestLine = 160;
constexpr std::size_t kWindow = 140;
constexpr std::size_t kBeforeSpan = 40;

constexpr std::string_view kBlue = "\x1b[1;34m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kReset = "\x1b[0m";

std::string_view ColorOf(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "\x1b[1;31m";
    case Severity::kWarning:
      return "\x1b[1;33m";
    case Severity::kNote:
      return "\x1b[1;36m";
    case Severity::kOff:
      break;
  }
  return kBold;
}

bool IsContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

// A place to underline: in which line, and which bytes of it.
struct Mark {
  Span span;
  Position position;
  std::size_t begin = 0;  // byte offsets inside the line
  std::size_t end = 0;
  std::string_view text;
  bool primary = false;
};

// The part of a line that is shown.
struct Window {
  std::size_t from = 0;
  std::size_t to = 0;
};

class Renderer {
 public:
  Renderer(const SourceMap& sources, TextStyle style) : sources_(sources), style_(style) {}

  std::string Render(const Diagnostic& diagnostic) {
    out_.clear();
    severity_ = diagnostic.severity;
    out_ += Paint(ColorOf(severity_), WordOf(severity_));
    out_ +=
        Paint(kBold, fmt::format(": {} [{}]", VisibleMessage(diagnostic.message), SlugOf(diagnostic.kind)));
    out_ += '\n';

    std::vector<Mark> marks;
    if (diagnostic.span) marks.push_back(MarkOf(*diagnostic.span, diagnostic.span_text, true));
    for (const Label& label : diagnostic.labels) marks.push_back(MarkOf(label.span, label.text, false));
    std::uint32_t largest = 0;
    for (const Mark& mark : marks) largest = std::max(largest, mark.position.line);
    gutter_ = largest == 0 ? 1 : fmt::formatted_size("{}", largest);

    AddSnippets(marks);
    for (const std::string& help : diagnostic.helps) AddRemark("help", help);
    for (const std::string& note : diagnostic.notes) AddRemark("note", note);
    return out_;
  }

 private:
  std::string Paint(std::string_view color, std::string_view text) const {
    if (!style_.color) return std::string(text);
    return fmt::format("{}{}{}", color, text, kReset);
  }

  Mark MarkOf(const Span& span, std::string_view text, bool primary) const {
    Mark mark{span, sources_.PositionOf(span.file, span.begin), 0, 0, text, primary};
    const std::string_view line = sources_.Line(span.file, mark.position.line);
    const std::string_view file = sources_.Text(span.file);
    const auto line_start = static_cast<std::size_t>(line.data() - file.data());
    const auto inside = [&](std::size_t offset) {
      return std::min(offset > line_start ? offset - line_start : 0, line.size());
    };
    mark.begin = inside(span.begin);
    mark.end = std::max(mark.begin, inside(span.end));
    return mark;
  }

  // Marks on the line of the first one share its snippet; every other line gets its own.
  void AddSnippets(const std::vector<Mark>& marks) {
    std::vector<bool> shown(marks.size(), false);
    for (std::size_t i = 0; i < marks.size(); ++i) {
      if (shown[i]) continue;
      const Mark& first = marks[i];
      AddPlace(first, i == 0);
      const std::string_view line = sources_.Line(first.span.file, first.position.line);
      const Window window = AddLine(first, line);
      for (std::size_t j = i; j < marks.size(); ++j) {
        const bool same =
            marks[j].span.file == first.span.file && marks[j].position.line == first.position.line;
        if (shown[j] || !same) continue;
        AddUnderline(marks[j], line, window);
        shown[j] = true;
      }
    }
  }

  void AddPlace(const Mark& mark, bool first) {
    out_.append(gutter_, ' ');
    out_ += Paint(kBlue, first ? "-->" : ":::");
    out_ += fmt::format(" {}:{}:{}\n", VisibleMessage(sources_.Name(mark.span.file)), mark.position.line,
                        mark.position.column);
  }

  Window AddLine(const Mark& mark, std::string_view line) {
    Window window{0, line.size()};
    if (line.size() > kLongestLine) {
      window.from = mark.begin > kBeforeSpan ? mark.begin - kBeforeSpan : 0;
      window.to = std::min(line.size(), window.from + kWindow);
      for (int i = 0; i < 3 && window.from > 0 && IsContinuation(line[window.from]); ++i) --window.from;
      for (int i = 0; i < 3 && window.to < line.size() && IsContinuation(line[window.to]); ++i) ++window.to;
    }
    const bool cut_left = window.from > 0;
    const bool cut_right = window.to < line.size();
    const Visible shown = VisibleSource(line.substr(window.from, window.to - window.from), cut_left ? 3 : 0);
    out_ += fmt::format("{}\n", Paint(kBlue, fmt::format("{:{}} |", "", gutter_)));
    out_ += Paint(kBlue, fmt::format("{:>{}} |", mark.position.line, gutter_));
    if (!shown.text.empty()) {
      out_ += fmt::format(" {}{}{}", cut_left ? "..." : "", shown.text, cut_right ? "..." : "");
    }
    out_ += '\n';
    return window;
  }

  void AddUnderline(const Mark& mark, std::string_view line, const Window& window) {
    const std::size_t left = window.from > 0 ? 3 : 0;
    const std::size_t begin = std::clamp(mark.begin, window.from, window.to);
    const std::size_t end = std::clamp(mark.end, begin, window.to);
    const Visible before = VisibleSource(line.substr(window.from, begin - window.from), left);
    const Visible under = VisibleSource(line.substr(begin, end - begin), left + before.width);
    // An empty span (a place between two characters, the end of the file) still gets one caret.
    std::string underline(std::max<std::size_t>(under.width, 1), mark.primary ? '^' : '-');
    if (!mark.text.empty()) underline += ' ' + VisibleMessage(mark.text);
    out_ += fmt::format("{} {:{}}{}\n", Paint(kBlue, fmt::format("{:{}} |", "", gutter_)), "",
                        left + before.width, Paint(mark.primary ? ColorOf(severity_) : kBlue, underline));
  }

  // Further lines of a remark are aligned under its first.
  void AddRemark(std::string_view word, std::string_view text) {
    const std::string visible = VisibleMessage(text, true);
    out_ += fmt::format("{} {} ", Paint(kBlue, fmt::format("{:{}} =", "", gutter_)),
                        Paint(kBold, fmt::format("{}:", word)));
    for (const char c : visible) {
      out_ += c;
      if (c == '\n') out_.append(gutter_ + 5 + word.size(), ' ');
    }
    out_ += '\n';
  }

  const SourceMap& sources_;
  TextStyle style_;
  Severity severity_ = Severity::kError;
  std::size_t gutter_ = 1;
  std::string out_;
};

}  // namespace

std::string RenderText(const std::vector<Diagnostic>& diagnostics, const SourceMap& sources,
                       TextStyle style) {
  std::string out;
  Renderer renderer(sources, style);
  const Shown shown = SelectShown(diagnostics);
  for (const Diagnostic* diagnostic : shown.diagnostics) {
    out += renderer.Render(*diagnostic);
    out += '\n';
  }
  if (shown.left_out == 0) return out;
  out += fmt::format("{} more messages are not shown", shown.left_out);
  if (shown.left_out > shown.repeated) out += fmt::format("; {} are shown in all", kMostShown);
  if (shown.repeated > 0) out += fmt::format("; one that repeats itself is shown {} times", kMostRepeats);
  out += "\n\n";
  return out;
}

}  // namespace appnet::diag
