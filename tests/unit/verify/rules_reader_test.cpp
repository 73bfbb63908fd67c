// The readers of rules on texts written by hand, and on any bytes at all.
#include <gtest/gtest.h>

#include <random>

#include "unit/verify/rules_sample.h"
#include "verify/rules/lookups.h"
#include "verify/rules/read_iptables.h"
#include "verify/rules/read_nftables.h"

namespace appnet::verify::rules {
namespace {

using Text = std::string;

Text Nft(const Text& items) {
  return "table inet appnet\ndelete table inet appnet\ntable inet appnet {\n\tsecmark a_t "
         "{\n\t\t\"u:r:a_t\"\n\t}\n" +
         items + "}\n";
}
// Why the text is refused, or what is wrong with its chains.
Text NftRefusal(const Text& items) {
  const auto read = ReadNftables(Nft(items));
  if (const auto* refusal = std::get_if<Refusal>(&read)) return refusal->why;
  const auto loop = FindLoop(std::get<Ruleset>(read));
  return loop ? loop->why : "";
}
Text Ipt(const Text& rules) { return "*mangle\n:appnet-a - [0:0]\n:appnet-b - [0:0]\n" + rules + "COMMIT\n"; }
Text IptRefusal(const Text& rules, Family family = Family::kIpv4) {
  const auto read = ReadIptables(Ipt(rules), family);
  if (const auto* refusal = std::get_if<Refusal>(&read)) return refusal->why;
  const auto loop = FindLoop(std::get<Ruleset>(read));
  return loop ? loop->why : "";
}

TEST(NftReader, KnowsItsWordsAlone) {
  EXPECT_EQ(NftRefusal("chain c {\nmeta secmark set \"a_t\"\naccept\n}\n"), "");
  EXPECT_EQ(NftRefusal("chain c {\ndrop\n}\n"), "`drop` is not known here");
  EXPECT_EQ(NftRefusal("chain c {\nmeta secmark set \"b_t\"\n}\n"), "no secmark b_t");
  EXPECT_EQ(NftRefusal("chain c {\njump d\n}\n"), "no chain d");
  EXPECT_EQ(NftRefusal("chain c {\naccept accept\n}\n"), "a rule goes on after its verdict");
  EXPECT_EQ(NftRefusal("chain c {\nmeta priority 1\n}\n"), "`priority` is not known here");
  EXPECT_EQ(NftRefusal("chain c {\nmeta mark set meta mark | 0x20\nmeta mark set meta mark & 0xdf\n"
                       "meta mark & 0x20 == 0x20 accept\n}\n"),
            "");
  EXPECT_EQ(NftRefusal("chain c {\nmeta mark 0x20 accept\n}\n"), "`0x20` is not known here");
  EXPECT_EQ(NftRefusal("chain c {\nmeta mark set meta mark | 32\n}\n"), "`32` is not known here");
  EXPECT_EQ(NftRefusal("chain c {\niifname \"*\" accept\n}\n"), "`*` is not known here");
  EXPECT_EQ(NftRefusal("chain c {\niifname \"a*b\" accept\n}\n"), "`a*b` is not known here");
  EXPECT_EQ(NftRefusal("chain c {\nct label 128 accept\n}\n"), "`128` is not known here");
  EXPECT_EQ(NftRefusal("chain c {\n}\nchain c {\n}\n"), "chain c twice");
  EXPECT_EQ(NftRefusal("include \"x\"\n"), "`include` is not known here");
}

TEST(NftReader, MapsFitTheirKeys) {
  const Text map =
      "map m {\ntype ipv4_addr . inet_proto : secmark\nflags interval\nelements = { 10.0.0.0/8 . 6 : \"a_t\" "
      "}\n}\n";
  EXPECT_EQ(NftRefusal(map + "chain c {\nmeta secmark set ip saddr . meta l4proto map @m return\n}\n"), "");
  EXPECT_EQ(NftRefusal(map + "chain c {\nmeta secmark set ip6 saddr . meta l4proto map @m return\n}\n"),
            "the key does not fit m");
  EXPECT_EQ(NftRefusal(map + "chain c {\nmeta secmark set ip saddr map @m return\n}\n"),
            "the key does not fit m");
  EXPECT_EQ(NftRefusal(map + "chain c {\nmeta secmark set ip saddr map @n return\n}\n"), "no map or set n");
  EXPECT_EQ(NftRefusal("map m {\ntype ipv4_addr : secmark\nelements = { 10.0.0.0/8 : \"a_t\" }\n}\n"),
            "a range in a map that is not for intervals");
  EXPECT_EQ(NftRefusal("map m {\ntype ipv4_addr : secmark\nelements = { 10.0.0.256 : \"a_t\" }\n}\n"),
            "`10.0.0.256` is not known here");
  EXPECT_EQ(NftRefusal("set s {\ntype ipv4_addr\nflags interval\nelements = { 10.0.0.1/8 }\n}\n"),
            "`10.0.0.1/8` is not known here");
  EXPECT_EQ(NftRefusal("set s {\ntype inet_service\nflags interval\nelements = { 9-7 }\n}\n"),
            "`9-7` is not known here");
}

TEST(NftReader, ChainsEnd) {
  EXPECT_NE(NftRefusal("chain c {\njump c\n}\n").find("for ever"), Text::npos);
  EXPECT_NE(NftRefusal("chain c {\ngoto d\n}\nchain d {\nct direction reply goto c\n}\n").find("for ever"),
            Text::npos);
  const auto chains = [](int count) {
    Text text;
    for (int i = 0; i < count; ++i)
      text += "chain c" + std::to_string(i) + " {\n" +
              (i + 1 < count ? "goto c" + std::to_string(i + 1) + "\n" : "") + "}\n";
    return text;
  };
  EXPECT_EQ(NftRefusal(chains(16)), "");
  EXPECT_NE(NftRefusal(chains(17)), "");
  EXPECT_NE(NftRefusal(chains(100'000)), "");
}

// A map's function, by what is said of a look-up that reads it.
TEST(NftReader, ElementsThatOverlapAreRefused) {
  const auto said = [](const Text& elements) {
    const Text map =
        "\tmap overlap {\n\t\ttype ipv4_addr . inet_service . inet_proto : secmark\n\t\tflags "
        "interval\n\t\telements = { " +
        elements + " }\n\t}\n\n";
    const Text text = Replaced(Texts().nft, "\tchain ", map + "\tchain ");
    return OfNft(Replaced(text, "\t\tmeta secmark set ip saddr . th sport",
                          "\t\tmeta secmark set ip saddr . th sport . meta l4proto map @overlap "
                          "return\n\t\tmeta secmark set ip saddr . th sport"));
  };
  const Text label = " : \"appnet_mozilla_packet_t\"";
  EXPECT_NE(said("10.0.0.0/8 . 80-90 . 6" + label + ", 10.0.0.0/8 . 90 . 6" + label).find("overlap"),
            Text::npos);
  EXPECT_NE(said("10.0.0.0/8 . 80 . 6" + label + ", 10.1.0.0/16 . 80-81 . 6" + label).find("overlap"),
            Text::npos);
  EXPECT_NE(said("10.0.0.0/8 . 80 . 6" + label + ", 10.0.0.0/8 . 80 . 6" + label).find("overlap"),
            Text::npos);
  // disjoint, though their sides overlap: read, and found to say something else
  const Text apart = said("10.0.0.0/8 . 80 . 6" + label + ", 10.1.0.0/16 . 81 . 6" + label);
  EXPECT_NE(apart, "");
  EXPECT_EQ(apart.find("cannot be read back"), Text::npos) << apart;
}

TEST(IptablesReader, KnowsItsWordsAlone) {
  EXPECT_EQ(IptRefusal("-A appnet-a -p tcp -m tcp --dport 80 -g appnet-b\n"), "");
  EXPECT_EQ(IptRefusal("-A appnet-a -p tcp --dport 80 -g appnet-b\n"), "`--dport` is not known here");
  EXPECT_EQ(IptRefusal("-A appnet-a -m tcp --dport 80 -g appnet-b\n"), "a match without its protocol");
  EXPECT_EQ(IptRefusal("-A appnet-a -p 0 -j RETURN\n"), "`0` is not known here");
  EXPECT_EQ(IptRefusal("-A appnet-a -p tcp -p udp -j RETURN\n"), "two protocols");
  EXPECT_EQ(IptRefusal("-A appnet-a -j ACCEPT\n"), "`ACCEPT` is not known here");
  EXPECT_EQ(IptRefusal("-A appnet-a -j DROP\n"), "`DROP` is not known here");
  EXPECT_EQ(IptRefusal("-A appnet-a -g appnet-c\n"), "no chain appnet-c");
  EXPECT_EQ(IptRefusal("-A INPUT -j appnet-a\n"), "no chain INPUT");
  EXPECT_EQ(IptRefusal("-A appnet-a -s 10.0.0.1/8 -j RETURN\n"), "`10.0.0.1/8` is not known here");
  EXPECT_EQ(IptRefusal("-A appnet-a -s 2001:db8::1 -j RETURN\n"), "`2001:db8::1` is not known here");
  EXPECT_EQ(IptRefusal("-A appnet-a -s 2001:db8::1 -j RETURN\n", Family::kIpv6), "");
  EXPECT_EQ(IptRefusal("-A appnet-a -i + -j RETURN\n"), "`+` is not known here");
  EXPECT_EQ(IptRefusal("-A appnet-a -i \"a b\" -j RETURN\n"), "");
  EXPECT_EQ(IptRefusal("-A appnet-a -i \"a b -j RETURN\n"), "open quotes");
  EXPECT_EQ(IptRefusal("-A appnet-a -m conntrack -j RETURN\n"), "-m conntrack without a test");
  EXPECT_EQ(IptRefusal("-A appnet-a -p icmp -m icmp --icmp-type 255 -j RETURN\n"), "`255` is not known here");
  EXPECT_EQ(IptRefusal("-A appnet-a -p icmp -m u32 --u32 0>>22&0x3C@0>>16=0xFF01 -j RETURN\n"), "");
  EXPECT_EQ(IptRefusal("-A appnet-a -p icmp -m u32 --u32 0>>22&0x3C@4>>16=0xFF01 -j RETURN\n"),
            "`0>>22&0x3C@4>>16=0xFF01` is not known here");
  EXPECT_EQ(IptRefusal("-A appnet-a -s 10.0.0.1\n"), "a rule that does nothing");
  EXPECT_EQ(IptRefusal("-F appnet-a\n"), "not known here");
  EXPECT_EQ(IptRefusal("-A appnet-a -j RETURN" + Text(10'240, ' ') + "\n"),
            "a line that iptables-restore cuts");
  EXPECT_NE(IptRefusal("-A appnet-a -j appnet-b\n-A appnet-b -g appnet-a\n").find("for ever"), Text::npos);
}

// Never a crash or a hang, and never silence about a text that is not whole.
template <class Check>
void TryBytes(const Text& text, std::uint64_t seed, Check check) {
  std::mt19937_64 random(seed);
  for (int i = 0; i < 60; ++i) {
    const Text cut = text.substr(0, random() % (text.size() - 1));
    EXPECT_NE(check(cut), "") << cut.size();
  }
  for (int i = 0; i < 500; ++i) {
    Text changed = text;
    for (std::uint64_t changes = 1 + random() % 4; changes > 0; --changes) {
      const std::size_t at = random() % changed.size();
      switch (random() % 4) {
        case 0:
          changed[at] = static_cast<char>(random());
          break;
        case 1:
          changed.erase(at, random() % 40);
          break;
        case 2:
          changed.insert(at, changed.substr(random() % changed.size(), random() % 60));
          break;
        default:
          changed[at] = changed[random() % changed.size()];
          break;
      }
    }
    check(changed);
  }
}
TEST(RulesReader, TakesAnyBytes) {
  TryBytes(Texts().nft, 1, OfNft);
  TryBytes(Texts().v4, 2, OfV4);
  TryBytes(Texts().v6, 3, OfV6);
  EXPECT_NE(OfNft(""), "");
  EXPECT_NE(OfV4(""), "");
}

}  // namespace
}  // namespace appnet::verify::rules
