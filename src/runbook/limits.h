// Limits of the runbook language. Those that AWS documents carry AWS's figure; the others are ours and say so.
#pragma once

#include <cstddef>
#include <cstdint>

namespace setpoint::runbook {

inline constexpr std::size_t kParametersMax = 200;              // AWS
inline constexpr std::size_t kStepOutputsMax = 200;             // AWS, one step
inline constexpr std::size_t kTagsMax = 5;                      // AWS, executeAutomation
inline constexpr std::size_t kApproversMax = 10;                // AWS
inline constexpr std::size_t kApprovalMessageCharsMax = 4096;   // AWS
inline constexpr std::size_t kScriptPayloadBytesMax = 100'000;  // AWS
inline constexpr std::int64_t kScriptSecondsMax = 600;          // AWS
inline constexpr std::int64_t kLoopIterationsMax = 100;         // AWS
inline constexpr std::int64_t kSleepSecondsMax = 7 * 86'400;    // AWS
inline constexpr std::int64_t kThrottlingSecondsMax = 3'600;    // AWS: how long account throttling is ridden out
inline constexpr std::size_t kTargetMapsMax = 300;              // AWS
inline constexpr std::size_t kTargetLocationsMax = 100;         // AWS
inline constexpr std::size_t kTargetsMax = 5;                   // AWS

inline constexpr std::size_t kDocumentBytesMax = 1u << 20;    // ours; AWS takes 64 KB
inline constexpr std::size_t kStepsMax = 1'000;               // ours: steps in one document, nested ones included
inline constexpr std::size_t kStepNestingMax = 4;             // ours: loops within loops
inline constexpr std::size_t kStepVisitsMax = 20'000;         // ours: steps started in one execution
inline constexpr std::size_t kValueBytesMax = 8u << 20;       // ours: one substituted value
inline constexpr std::size_t kValueNodesMax = 200'000;        // ours: one substituted value
inline constexpr std::size_t kReferencesMax = 10'000;         // ours: references within one input
inline constexpr std::size_t kExecutionBytesMax = 64u << 20;  // ours: all outputs, inputs and records of one execution
inline constexpr std::int64_t kPollMillisecondsMin = 2'000;   // ours: between two looks at something that settles
inline constexpr std::int64_t kPollMillisecondsMax = 30'000;  // ours
inline constexpr std::int64_t kThrottlingPauseMillisecondsMin = 1'000;   // ours: doubled at each refusal
inline constexpr std::int64_t kThrottlingPauseMillisecondsMax = 60'000;  // ours
inline constexpr std::int64_t kTimeoutSecondsMax = 30 * 86'400;          // AWS, aws:approve; ours for the rest
inline constexpr std::size_t kSelectorCharsMax = 4'096;                  // ours
inline constexpr std::size_t kSelectorDepthMax = 32;                     // ours: brackets within brackets in a filter
inline constexpr std::size_t kSelectorVisitsMax = 1'000'000;             // ours: nodes that one selection may look at
inline constexpr std::uint32_t kPatternStepsMax = 200'000;  // ours: PCRE2 match limit for one allowedPattern check
inline constexpr std::uint32_t kPatternDepthMax = 5'000;    // ours: PCRE2 depth limit
inline constexpr std::uint32_t kPatternHeapKilobytesMax = 4'096;  // ours

}  // namespace setpoint::runbook
