#include "guard/case_convert.h"

#include <re2/re2.h>

#include <cctype>

namespace setpoint::guard {

namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_upper(c) || is_lower(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80; }
char upper(char c) { return is_lower(c) ? static_cast<char>(c - 32) : c; }
char lower(char c) { return is_upper(c) ? static_cast<char>(c + 32) : c; }

std::string_view without_trailing_separators(std::string_view key) {
  while (!key.empty() && !is_word(key.back())) key.remove_suffix(1);
  return key;
}

struct CamelStyle {
  bool capital_first = true;
  char between = 0;  // put before every word but the first
};

std::string camel_like(std::string_view key, CamelStyle style) {
  std::string out;
  bool new_word = style.capital_first;
  bool first_word = style.between != 0;
  bool begun = false;
  char last = ' ';
  for (char c : without_trailing_separators(key)) {
    if (!is_word(c)) {
      new_word = new_word || begun;
    } else if (is_digit(c)) {
      begun = new_word = true;
      out += c;
    } else if (new_word || (is_lower(last) && is_upper(c))) {
      begun = true;
      new_word = false;
      if (style.between != 0 && !first_word) out += style.between;
      out += upper(c);
      first_word = false;
    } else {
      begun = true;
      last = c;
      out += lower(c);
    }
  }
  return out;
}

std::string snake_like(std::string_view key, char between) {
  std::string out;
  bool word_start = true;
  std::string_view text = without_trailing_separators(key);
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (!is_word(c)) {
      if (!word_start) out += between;
      word_start = true;
      continue;
    }
    // Whatever has no lower case (digits too) starts a word beside a lower-case letter.
    bool lower_beside = (i + 1 < key.size() && is_lower(key[i + 1])) || (i > 0 && is_lower(key[i - 1]));
    if (!word_start && c == upper(c) && lower_beside) out += between;
    word_start = false;
    out += lower(c);
  }
  return out;
}

struct SingularRule {
  RE2 plural;
  const char* ending;
};

// Inflector's list; the last rule that fits wins, and what stood before the match is lost, as it is there.
const SingularRule* singular_rules() {
  static const SingularRule kRules[] = {
      {R"((\w*)s$)", ""},
      {R"((\w*)(ss)$)", "\\2"},
      {R"((n)ews$)", "ews"},
      {R"((\w*)(o)es$)", ""},
      {R"((\w*)([ti])a$)", "um"},
      {R"(((a)naly|(b)a|(d)iagno|(p)arenthe|(p)rogno|(s)ynop|(t)he)(sis|ses)$)", "sis"},
      {R"((^analy)(sis|ses)$)", "sis"},
      {R"((\w*)([^f])ves$)", "fe"},
      {R"((\w*)(hive)s$)", ""},
      {R"((\w*)(tive)s$)", ""},
      {R"((\w*)([lr])ves$)", "f"},
      {R"((\w*([^aeiouy]|qu))ies$)", "y"},
      {R"((s)eries$)", "eries"},
      {R"((m)ovies$)", "ovie"},
      {R"((\w*)(x|ch|ss|sh)es$)", "\\2"},
      {R"((m|l)ice$)", "ouse"},
      {R"((bus)(es)?$)", ""},
      {R"((shoe)s$)", ""},
      {R"((cris|test)(is|es)$)", "is"},
      {R"(^(a)x[ie]s$)", "xis"},
      {R"((octop|vir)(us|i)$)", "us"},
      {R"((alias|status)(es)?$)", ""},
      {R"(^(ox)en)", ""},
      {R"((vert|ind)ices$)", "ex"},
      {R"((matr)ices$)", "ix"},
      {R"((quiz)zes$)", ""},
      {R"((database)s$)", ""},
  };
  return kRules;
}
constexpr std::size_t kSingularRules = 27;

std::string singular(std::string_view word) {
  const SingularRule* rules = singular_rules();
  for (std::size_t i = kSingularRules; i-- > 0;) {
    std::string stem;
    std::string second;
    re2::StringPiece text(word.data(), word.size());
    bool with_second = rules[i].ending[0] == '\\';
    bool fits = with_second ? RE2::PartialMatch(text, rules[i].plural, &stem, &second)
                            : RE2::PartialMatch(text, rules[i].plural, &stem);
    if (fits) return stem + (with_second ? second : rules[i].ending);
  }
  return std::string(word);
}

}  // namespace

std::string to_camel_case(std::string_view key) { return camel_like(key, {.capital_first = false}); }
std::string to_pascal_case(std::string_view key) { return camel_like(key, {}); }
std::string to_title_case(std::string_view key) { return camel_like(key, {.between = ' '}); }
std::string to_train_case(std::string_view key) { return camel_like(key, {.between = '-'}); }
std::string to_kebab_case(std::string_view key) { return snake_like(key, '-'); }
std::string to_snake_case(std::string_view key) { return snake_like(key, '_'); }

std::string to_class_case(std::string_view key) {
  std::string words = to_pascal_case(key);
  std::size_t last = words.size();
  while (last > 0 && !is_upper(words[last - 1])) --last;
  last = last == 0 ? 0 : last - 1;
  return words.substr(0, last) + singular(std::string_view(words).substr(last));
}

std::array<std::string, 7> spellings(std::string_view key) {
  return {to_camel_case(key), to_class_case(key), to_kebab_case(key), to_pascal_case(key),
          to_snake_case(key), to_title_case(key), to_train_case(key)};
}

}  // namespace setpoint::guard
