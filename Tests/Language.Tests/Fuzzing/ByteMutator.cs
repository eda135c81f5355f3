using System.Text;

namespace ProbNet.Language.Tests.Fuzzing;

/// <summary>Texts that nobody would write: random bytes, programs whose bytes were changed, halves of surrogate pairs, lines without end, NULs. Pure: the number decides everything.</summary>
internal static class ByteMutator
{
    // Characters that are words to the layout pass, blanks of other scripts, marks that show nothing, halves of pairs.
    private static readonly char[] Odd = ['\0', '\t', '\r', '\v', '\u0085', '\u00A0', '\u2028', '\u200B', '\uFEFF', '\uFFFD', '\uFFFF', '\uD800', '\uDC00', '\uE000', '\uE001', '\uE002', '"', '\\', '\''];

    /// <summary>A text.</summary>
    public static string Of(IReadOnlyList<Seed> seeds, int number)
    {
        var random = new Random(number);
        switch (random.Next(8))
        {
            case 0:
                return Encoding.UTF8.GetString(Bytes(random, random.Next(1, 200)));
            case 1:
                return Encoding.Latin1.GetString(Bytes(random, random.Next(1, 120)));
            case 2:
                return string.Concat(Enumerable.Range(0, random.Next(1, 100)).Select(_ => (char)random.Next(random.Next(2) == 0 ? 128 : 65536)));
            case 3 when random.Next(40) == 0:
                return Huge(seeds, random);
            case 3 or 4:
                var text = new StringBuilder(Program(seeds, random));
                for (var edits = random.Next(1, 6); edits > 0; edits--) text.Insert(random.Next(text.Length + 1), Odd[random.Next(Odd.Length)]);
                return text.ToString();
            default:
                var bytes = Encoding.UTF8.GetBytes(Program(seeds, random)).ToList();
                for (var edits = random.Next(1, 8); edits > 0 && bytes.Count > 0; edits--)
                {
                    var at = random.Next(bytes.Count);
                    switch (random.Next(4))
                    {
                        case 0: bytes[at] = (byte)random.Next(256); break;
                        case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                        case 2: bytes.RemoveAt(at); break;
                        default: bytes.Insert(at, (byte)random.Next(random.Next(2) == 0 ? 128 : 256)); break;
                    }
                }
                return Encoding.UTF8.GetString([.. bytes]);
        }
    }

    // One line of thousands of characters, in a program that goes on after it.
    private static string Huge(IReadOnlyList<Seed> seeds, Random random)
    {
        string[] pieces = ["x + ", "(", "[", "f ", "\"a\" + ", "1.0 ", "- ", "not ", ".[0]", "\u00e9", "a.", "fun z -> ", "{ a = ", "if x then "];
        var piece = pieces[random.Next(pieces.Length)];
        return $"let long x = {new StringBuilder().Insert(0, piece, random.Next(500, 3_000))}x\n{Program(seeds, random)}";
    }

    private static string Program(IReadOnlyList<Seed> seeds, Random random) => seeds[random.Next(seeds.Count)].Text;

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
