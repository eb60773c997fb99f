// The Guard language's own limits; units in the names. Past one there is a Diagnostic (rules) or an ERROR verdict
// (pairs).
#pragma once

#include <cstddef>
#include <cstdint>

namespace setpoint::guard {

inline constexpr std::size_t kRulesBytesMax = 4u << 20;         // one rules file
inline constexpr std::size_t kRulesNestingMax = 64;             // blocks, filters, lists and calls inside each other
inline constexpr std::size_t kQueryPartsMax = 256;              // keys, indices and filters of one query
inline constexpr std::size_t kComparisonsMax = 100'000'000;     // of pairs of values, in one clause on one document
inline constexpr std::size_t kReadAnalysisMax = 20'000;         // clauses looked at to tell what one rule reads
inline constexpr std::size_t kRegexBytesMax = 8192;             // one pattern
inline constexpr std::size_t kRegexMatchStepsMax = 1'000'000;   // backtracking steps of one match, as fancy-regex has
inline constexpr std::size_t kRegexHeapKibMax = 20'000;         // PCRE2's own working memory
inline constexpr std::size_t kRegexSubjectBytesMax = 1u << 20;  // a string handed to a pattern
inline constexpr std::size_t kDocumentBytesMax = 256u << 20;
inline constexpr std::size_t kDocumentDepthMax = 128;
inline constexpr std::size_t kCallDepthMax = 64;  // rules, calls, variables and filters under evaluation at once
inline constexpr std::uint64_t kEvaluationStepsMax = 50'000'000;  // values visited for one rule and one document
inline constexpr std::size_t kEvidenceMax = 10'000;               // failing clauses kept of one rule and one document
inline constexpr std::size_t kTemporaryBytesMax = 64u << 20;      // values that functions make during one evaluation

}  // namespace setpoint::guard
