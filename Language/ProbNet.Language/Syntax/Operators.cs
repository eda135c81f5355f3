using ProbNet.Graph;

namespace ProbNet.Language.Syntax;

/// <summary>How operators are written and how tightly they bind: one table for the grammar, the layout and the printer.</summary>
internal static class Operators
{
    /// <summary>The binary operators; a greater level binds tighter.</summary>
    public static readonly EqArray<(string Symbol, BinaryOperator Operator, int Level)> Binary =
    [
        ("|>", BinaryOperator.Pipe, 1),
        (">>", BinaryOperator.Compose, 2),
        (">=>", BinaryOperator.ComposeProb, 2),
        ("||", BinaryOperator.Or, 3),
        ("&&", BinaryOperator.And, 4),
        ("=", BinaryOperator.Equal, 5),
        ("<>", BinaryOperator.NotEqual, 5),
        ("<", BinaryOperator.Less, 5),
        ("<=", BinaryOperator.LessEqual, 5),
        (">", BinaryOperator.Greater, 5),
        (">=", BinaryOperator.GreaterEqual, 5),
        ("+", BinaryOperator.Add, 6),
        ("-", BinaryOperator.Subtract, 6),
        ("*", BinaryOperator.Multiply, 7),
        ("/", BinaryOperator.Divide, 7),
        ("@", BinaryOperator.MatMul, 7),
        ("**", BinaryOperator.Power, 8),
    ];

    private static readonly IReadOnlyDictionary<string, (BinaryOperator Operator, int Level)> BySymbol =
        Binary.ToDictionary(o => o.Symbol, o => (o.Operator, o.Level));

    private static readonly IReadOnlyDictionary<BinaryOperator, (string Symbol, int Level)> ByOperator =
        Binary.ToDictionary(o => o.Operator, o => (o.Symbol, o.Level));

    /// <summary>Symbols of the grammar that are no binary operators.</summary>
    private static readonly EqArray<string> Punctuation = ["->", "..", ".", ":"];

    /// <summary>Symbols of other languages, read as one token so that the message can name them whole.</summary>
    public static readonly IReadOnlyDictionary<string, string> Foreign = new Dictionary<string, string>
    {
        ["=="] = "equality is written '='",
        ["==="] = "equality is written '='",
        ["!="] = "inequality is written '<>'",
        ["~="] = "inequality is written '<>'",
        ["/="] = "inequality is written '<>'; values do not change, so there is no assignment",
        ["=>"] = "functions are written 'fun x -> ...', and 'at least' is '>='",
        ["=<"] = "'at most' is written '<='",
        ["<-"] = "a definition is written 'let x = ...' and a draw 'let! x = ...'; for 'less than minus', put a space between '<' and '-'",
        [":="] = "a definition is written 'let x = ...', and a field 'x = ...'",
        ["+="] = "values do not change; define a new name with 'let'",
        ["-="] = "values do not change; define a new name with 'let'",
        ["*="] = "values do not change; define a new name with 'let'",
        ["~"] = "a draw is written 'let! x = distribution'",
        ["%*%"] = "the matrix product is written '@'",
        [".*"] = "'*' is already elementwise, and the matrix product is written '@'",
        ["./"] = "'/' is already elementwise",
        ["%"] = "there is no remainder operator",
        ["^"] = "a power is written '**'",
        ["&"] = "'and' is written '&&'",
        ["|"] = "'or' is written '||', and a pipe '|>'",
        ["!"] = "negation is written 'not'",
        ["<|"] = "write the argument first: 'x |> f'",
        ["<<"] = "write the first function first: 'f >> g'",
        ["::"] = "lists have static lengths; write all items: '[a; b]'",
        ["?"] = "a choice is written 'if c then a else b'",
        ["\\"] = "functions are written 'fun x -> ...'",
        ["$"] = "names are written without '$'",
    };

    // Longest first, so that the first match is the longest.
    private static readonly EqArray<string> All =
        Binary.Map(o => o.Symbol).AddRange(Punctuation).AddRange(Foreign.Keys).OrderByDescending(s => s.Length).ThenBy(s => s, StringComparer.Ordinal).ToEqArray();

    // Candidates by first character, which keeps matching cheap.
    private static readonly IReadOnlyDictionary<char, EqArray<string>> ByFirst = All.GroupBy(s => s[0]).ToDictionary(g => g.Key, g => g.ToEqArray());

    /// <summary>The longest operator at <paramref name="index"/>, or null.</summary>
    public static string? At(string text, int index)
    {
        if (index >= text.Length || !ByFirst.TryGetValue(text[index], out var candidates)) return null;
        foreach (var candidate in candidates)
        {
            if (string.CompareOrdinal(text, index, candidate, 0, candidate.Length) == 0) return candidate;
        }
        return null;
    }

    /// <summary>Whether the symbol joins two operands.</summary>
    public static bool TryBinary(string symbol, out BinaryOperator op)
    {
        var found = BySymbol.TryGetValue(symbol, out var row);
        op = row.Operator;
        return found;
    }

    /// <summary>How it is written.</summary>
    public static string Symbol(BinaryOperator op) => ByOperator[op].Symbol;

    /// <summary>How tightly it binds, from 1.</summary>
    public static int Level(BinaryOperator op) => ByOperator[op].Level;

    /// <summary>Whether <c>a op b op c</c> is <c>a op (b op c)</c>.</summary>
    public static bool IsRightAssociative(BinaryOperator op) => op == BinaryOperator.Power;
}
