// What the pattern language is bounded by, here and nowhere else. Events: base::kEventBytesMax, base::kEventDepthMax.
#pragma once

#include <cstddef>
#include <cstdint>

namespace setpoint::pattern {

inline constexpr std::size_t kPatternBytesMax = 1u << 20;
inline constexpr std::size_t kPatternDepthMax = 64;
inline constexpr std::size_t kFieldsMax = 256;                // of one alternative, as Event Ruler has it
inline constexpr std::size_t kAlternativesMax = 1000;         // after expanding every $or
inline constexpr std::size_t kAlternativeFieldsMax = 20'000;  // over all alternatives
inline constexpr std::size_t kStarsMax = 1000;                // in one wildcard
inline constexpr std::uint32_t kSelectionStepsMax = 200'000;  // choices tried for one pattern over one event's arrays

// What EventBridge itself refuses, for `pattern lint --eventbridge`.
inline constexpr std::size_t kEventBridgePatternBytesMax = 2048;
inline constexpr std::size_t kEventBridgePatternBytesRaised = 4096;
inline constexpr double kEventBridgeNumberMax = 5e9;
inline constexpr int kEventBridgeFractionDigitsMax = 6;

}  // namespace setpoint::pattern
