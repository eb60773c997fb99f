// Every limit of Setpoint that is not a language's own, in one place, units in the name. Past a limit there is a clear
// error (ErrorCode::limit_exceeded) and nothing that was taken is lost. Limits of one language live in its folder.
#pragma once

#include <cstddef>
#include <cstdint>

namespace setpoint::base {

inline constexpr std::size_t kDiagnosticsMax = 1000;      // kept per compilation; further ones are counted only
inline constexpr std::size_t kJsonBytesMax = 256u << 20;  // one document (snapshots are large)
inline constexpr std::size_t kJsonDepthMax = 128;         // nesting levels of any JSON or YAML
inline constexpr std::size_t kEventBytesMax = 1u << 20;   // one event, one finding
inline constexpr std::size_t kEventDepthMax = 64;
inline constexpr std::size_t kYamlBytesMax = 4u << 20;  // one authored file
inline constexpr std::size_t kYamlNodesMax = 400'000;   // after alias expansion
inline constexpr std::size_t kFileBytesMax = 1u << 30;  // a file named on the command line
inline constexpr std::size_t kJournalEntryBytesMax = 4u << 20;
inline constexpr std::size_t kPlanCallsMax = 1000;
inline constexpr std::size_t kHttpBodyBytesMax = 64u << 20;

}  // namespace setpoint::base
