// Limits of the twin, units in the names.
#pragma once

#include <cstddef>
#include <cstdint>

namespace setpoint::twin {

inline constexpr std::size_t kSessionsMax = 10'000;     // temporary credentials alive at once
inline constexpr std::size_t kUnmodelledMax = 1'000;    // distinct entries kept
inline constexpr std::size_t kMetricPointsMax = 1'440;  // of one CloudWatch metric; the oldest goes
inline constexpr std::size_t kSeedBytesMax = 256u << 20;
inline constexpr std::size_t kSeedErrorsMax = 50;
inline constexpr std::size_t kPolicyBytesMax = 256u << 10;  // one IAM policy document that the evaluator reads

}  // namespace setpoint::twin
