// Gathering: values that intake hands over one by one become batches, so that a transaction, with its wait for the
// disk, is paid once for many. flush() hands on what is left; the sink's error comes back from take() or flush().
#pragma once

#include <functional>

#include "intake/batch.h"

namespace setpoint::engine {

class Gathering {
 public:
  using Sink = std::function<base::Status(intake::Batch&&)>;
  explicit Gathering(Sink sink) : sink_(std::move(sink)) {}

  base::Status take(intake::Batch&& part) {
    pending_.append(std::move(part));
    if (pending_.resources.size() + pending_.events.size() + pending_.findings.size() < kGathered) return {};
    return flush();
  }

  base::Status flush() {
    intake::Batch batch = std::exchange(pending_, {});
    if (batch.took_nothing() && batch.refused.empty()) return {};
    return sink_(std::move(batch));
  }

 private:
  static constexpr std::size_t kGathered = 1'000;
  Sink sink_;
  intake::Batch pending_;
};

}  // namespace setpoint::engine
