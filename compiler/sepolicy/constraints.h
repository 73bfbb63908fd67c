#pragma once
// Contract: what constraints (constrain and mlsconstrain: MLS, MCS, whatever a policy adds) leave of an
// access, by libsepol's own evaluation. Speaks of accesses that some rule allows under some setting of the
// booleans. libsepol's evaluator works on one policy in the whole process: one question runs at a time.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "sepolicy/database.h"

namespace appnet::sepolicy {

class Constraints {
 public:
  // `image` is a binary policy, `name` how errors call it.
  static base::Result<Constraints> Of(const std::string& image, std::string_view name);

  // The contexts in which a type can act: each user and role that may have it, at the user's lowest level and
  // with the user's whole range (with MLS; these two stand for all levels between them). Empty for a type
  // that no user may have.
  std::vector<std::string> ContextsOf(std::string_view type) const;

  // The constraint that stops the access, as libsepol words it ("mlsconstrain packet { recv } (...)"); no
  // value when none does.
  std::optional<std::string> Stops(const std::string& subject, const std::string& object,
                                   std::string_view object_class, std::string_view permission) const;

 private:
  explicit Constraints(Database database) : database_(std::move(database)) {}
  Database database_;
};

}  // namespace appnet::sepolicy
