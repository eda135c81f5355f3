using System.Text;
using ProbNet.Language.Syntax;
using ProbNet.Language.Tests.Fuzzing;

namespace ProbNet.Language.Tests.Syntax;

public class FuzzTests
{
    private static readonly string[] Pieces =
    [
        "let", "let!", "do!", "return", "return!", "prob", "prob {", "{", "}", "(", ")", "[", "]", ".[", ".", "..", ",", ";", "=", "->", "fun", "if", "then", "elif", "else", "in", "on", "for", "not",
        "|>", ">>", ">=>", "+", "-", " -", "- ", "*", "**", "/", "@", "<", ">", "<>", "==", "~", "<-", ":", "//", "///", "(*", "*)", "\"", "'", "#", "\t", "\n", "\n    ", "\n        ", " ", "  ", "\r\n",
        "module", "open", "model", "guide", "infer", "data", "x", "X", "f", "1", "1.", "1e", "0.5", "9999999999999999999", "real", "int<", "real[", "_", "\uE000", "\uE001", "\uE002", "\u00e9", "\U0001F600", "\0", "\uD800", "match", "rec",
    ];

    private static readonly Lazy<string[]> Printed = new(() =>
        [.. Enumerable.Range(0, 200).Select(seed => AstPrinter.Print(new AstGenerator(new Random(seed)).Program())), .. GoodPrograms.All.Select(p => p.Text)]);

    // Half on what the grammar can produce, half on programs as people write them.
    [Fact]
    public void Mutated_programs_give_a_program_or_diagnostics() => Campaign.Run(20_000, seed =>
    {
        var random = new Random(seed);
        var text = new StringBuilder(Printed.Value[random.Next(Printed.Value.Length)]);
        for (var edits = random.Next(1, 6); edits > 0; edits--) Mutate(text, random);
        return text.ToString();
    }, Survives);

    [Fact]
    public void Random_token_sequences_give_a_program_or_diagnostics() => Campaign.Run(5_000, seed =>
    {
        var random = new Random(seed);
        return string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => Pieces[random.Next(Pieces.Length)] + (random.Next(3) == 0 ? "" : " ")));
    }, Survives);

    private static void Mutate(StringBuilder text, Random random)
    {
        var at = random.Next(text.Length + 1);
        switch (random.Next(6))
        {
            case 0 when at < text.Length:
                text[at] = (char)random.Next(random.Next(2) == 0 ? 128 : 65536);
                break;
            case 1 when at < text.Length:
                text.Remove(at, Math.Min(text.Length - at, random.Next(1, 4)));
                break;
            case 2:
                text.Length = at;
                break;
            case 3 when text.Length > 0:
                var from = random.Next(text.Length);
                text.Insert(at, text.ToString(from, Math.Min(text.Length - from, random.Next(1, 40))));
                break;
            default:
                text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                break;
        }
    }

    private static Reach Survives(string text)
    {
        var result = Parser.Parse(new SourceText("fuzz.prob", text));
        // Silence means that everything was understood: the printed program says the same.
        if (result.Diagnostics.IsEmpty)
        {
            var printed = AstPrinter.Print(result.Program);
            var again = Parser.Parse(new SourceText("printed.prob", printed));
            Assert.True(again.Diagnostics.IsEmpty && again.Program == result.Program, printed);
        }
        return FrontEnd.Meets(text);
    }
}
