#include "verify/module_rights.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace appnet::verify {
namespace {

auto Place(const Rights::Entry& entry) { return std::tie(entry.type, entry.permission, entry.domain); }

}  // namespace

std::uint32_t Names::Of(std::string_view name) {
  auto found = numbers_.find(name);
  if (found == numbers_.end()) {
    found = numbers_.emplace(std::string(name), static_cast<std::uint32_t>(texts_.size())).first;
    texts_.push_back(&found->first);
  }
  return found->second;
}

void Rights::Allow(std::string_view domain, std::string_view permission, std::string_view type,
                   flow::ConditionId when) {
  Add({names_->Of(type), names_->Of(permission), names_->Of(domain), when, flow::kNever});
}

void Rights::Audit(std::string_view domain, std::string_view permission, std::string_view type,
                   flow::ConditionId when) {
  Add({names_->Of(type), names_->Of(permission), names_->Of(domain), flow::kNever, when});
}

void Rights::Add(Entry entry) {
  if (entry.allowed == flow::kNever && entry.audited == flow::kNever) return;
  entries_.push_back(entry);
  summed_ = false;
}

const std::vector<Rights::Entry>& Rights::Entries() {
  if (summed_) return entries_;
  std::ranges::sort(entries_, {}, Place);
  std::size_t last = 0;
  for (std::size_t i = 1; i < entries_.size(); ++i) {
    if (Place(entries_[i]) == Place(entries_[last])) {
      entries_[last].allowed = conditions_->Or(entries_[last].allowed, entries_[i].allowed);
      entries_[last].audited = conditions_->Or(entries_[last].audited, entries_[i].audited);
    } else {
      entries_[++last] = entries_[i];
    }
  }
  entries_.resize(last + 1);
  summed_ = true;
  return entries_;
}

std::vector<std::string> Differences(Rights& wanted, Rights& found) {
  std::vector<std::string> differences;
  const auto& a = wanted.Entries();
  const auto& b = found.Entries();
  const auto report = [&](const Rights::Entry& place, const Rights::Entry* want, const Rights::Entry* have) {
    const auto one = [&](std::string_view verb, flow::ConditionId wants, flow::ConditionId has) {
      if (wants == has) return;
      differences.push_back(fmt::format("`{}` {} `{}` on `{}`: {}, but the policy says {}",
                                        found.names().Text(place.domain), verb,
                                        found.names().Text(place.permission), found.names().Text(place.type),
                                        found.conditions().Text(has), found.conditions().Text(wants)));
    };
    one("may", want != nullptr ? want->allowed : flow::kNever,
        have != nullptr ? have->allowed : flow::kNever);
    one("is logged for", want != nullptr ? want->audited : flow::kNever,
        have != nullptr ? have->audited : flow::kNever);
  };
  for (std::size_t i = 0, j = 0; i < a.size() || j < b.size();) {
    if (j == b.size() || (i < a.size() && Place(a[i]) < Place(b[j]))) {
      report(a[i], &a[i], nullptr);
      ++i;
    } else if (i == a.size() || Place(b[j]) < Place(a[i])) {
      report(b[j], nullptr, &b[j]);
      ++j;
    } else {
      report(a[i], &a[i], &b[j]);
      ++i;
      ++j;
    }
  }
  std::ranges::sort(differences);
  return differences;
}

}  // namespace appnet::verify
