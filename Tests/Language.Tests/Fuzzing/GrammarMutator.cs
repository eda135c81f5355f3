using ProbNet.Language.Evaluation;
using ProbNet.Language.Syntax;

namespace ProbNet.Language.Tests.Fuzzing;

/// <summary>
/// Changes programs by their syntax, so that most results still parse: names and numbers are replaced, expressions wrapped, indexed and exchanged, also between
/// programs, statements dropped, doubled and moved. Pure: the number decides everything.
/// </summary>
internal static class GrammarMutator
{
    private static readonly string[] Library = [.. BuiltinTable.All.Select(b => b.Name), "relu", "gelu", "dense", "mlp", "denseWith", "conv2d", "conv1d", "maxPool2d", "same", "valid", "infinity", "n", "d", "x", "y"];

    private static readonly string[] Integers = ["0", "1", "2", "3", "7", "16", "1000000", "2147483647", "9223372036854775807", "1.0", "n"];

    private static readonly string[] Reals = ["0.0", "-1.0", "1.0", "0.5", "1e300", "5e-324", "-1e-9", "3", "infinity", "x", "true"];

    private static readonly string[] Wraps =
    [
        "(exp ({0}))", "(sum ({0}))", "(iid [3] ({0}))", "(iid [n; 2] ({0}))", "(transpose ({0}))", "(ordered ({0}))", "(mixture (ones [3] / 3.0) ({0}))", "(zeroInflated 0.3 ({0}))", "(truncated 0.0 infinity ({0}))",
        "(fun z -> {0})", "(map (fun z -> {0}) x)", "(map ({0}) [1; 2])", "(fold (fun s a -> {0}) 0.0 x)", "(scan (fun s a -> s + ({0})) 0.0 [1.0; 2.0])", "(scan ({0}) 0.0 y)", "(if true then {0} else 0.0)", "(if x > 0.0 then {0} else x)",
        "[{0}; {0}]", "({0}, {0})", "{{ a = {0}; b = 1.0 }}", "(prob {{ return {0} }})", "(prob {{ return! {0} }})", "({0}).[0]", "({0}).[*, 1]", "({0}).[1 ..]", "({0}).[x]", "({0}).a", "({0} |> steps [n])", "(deterministic ({0}))",
        "(factor ({0}))", "(observe y ({0}))", "(param \"p\" [3; 2] ({0}))", "(noise ({0}))", "(dropout 0.5 ({0}))", "(reshape [6; -1] ({0}))", "(concat 0 [{0}; {0}])", "(cholesky ({0}))", "(convolve same ({0}) x)", "(hiddenMarkov (ones [2] / 2.0) (ones [2; 2] / 2.0) (fun k -> {0}))",
        "({0} {0})", "(features ({0}))", "(shape ({0}))", "(foldLayers (fun k h -> {0}) [1; 2] x)", "(({0}) @ ({0}))", "(({0}) >=> ({0}))", "(-({0}))", "(not ({0}))", "(normal ({0}) 1.0)", "(categorical ({0}))", "(lkjCholesky 3 ({0}))",
    ];

    // What leaves most expressions right, so that mistakes meet programs that go on.
    private static readonly string[] GentleWraps = ["((fun z -> z) ({0}))", "(if 1 < 2 then {0} else 0.0)", "(let q = {0} in q)", "([{0}; 1.0].[0])", "({{ a = {0} }}.a)", "({0} |> fun z -> z)", "(({0}, 1.0) |> fun (a, b) -> a)"];

    private static readonly string[] GentleReals = ["0.25", "1.0", "2.0", "(1.0 / 3.0)", "(exp 0.1)", "(sum (ones [2]))"];

    private static readonly string[][] Alike =
    [
        ["normal", "cauchy", "laplace", "logistic", "gumbel", "uniform"], ["gamma", "inverseGamma", "beta", "weibull", "pareto", "logNormal", "kumaraswamy"], ["halfNormal", "halfCauchy", "exponential", "chiSquared", "poisson"],
        ["categorical", "oneHotCategorical", "dirichlet", "categoricalProbs"], ["bernoulli", "bernoulliProbs", "geometric"], ["exp", "log", "sqrt", "tanh", "sigmoid", "softplus", "relu", "square", "abs", "lgamma"],
        ["map", "fold", "scan"], ["sum", "mean", "logSumExp", "max"], ["zeros", "ones"], ["conv2d", "dense"], ["maximum", "minimum"], ["features", "rows"],
    ];

    private static readonly string[] Operators = ["+", "-", "*", "/", "@", "**", "<", "=", "&&", "|>", ">>", ">=>"];

    private readonly record struct Edit(int Start, int End, string With);

    /// <summary>A mutated program.</summary>
    public static string Of(IReadOnlyList<Seed> seeds, int number)
    {
        var random = new Random(number);
        var seed = SeedFor(seeds, random);
        var edits = new List<Edit>();
        for (var tries = 1 + random.Next(4) * random.Next(2); tries > 0; tries--)
        {
            if (Mutation(seeds, seed, random) is { } edit && edits.TrueForAll(e => e.End <= edit.Start || e.Start >= edit.End)) edits.Add(edit);
        }
        var text = seed.Text;
        foreach (var edit in edits.OrderByDescending(e => e.Start)) text = text[..edit.Start] + edit.With + text[edit.End..];
        return text;
    }

    // Mostly programs without errors.
    private static Seed SeedFor(IReadOnlyList<Seed> seeds, Random random)
    {
        var seed = seeds[random.Next(seeds.Count)];
        for (var tries = 0; tries < 3 && !seed.IsGood; tries++) seed = seeds[random.Next(seeds.Count)];
        return seed;
    }

    private static Edit? Mutation(IReadOnlyList<Seed> seeds, Seed seed, Random random)
    {
        if (seed.Expressions.Count == 0) return null;
        var expression = seed.Expressions[random.Next(seed.Expressions.Count)];
        switch (random.Next(14))
        {
            case 10 or 11:
                return seed.Of(expression.Span).Contains('\n') ? null : Replace(expression, Format(GentleWraps[random.Next(GentleWraps.Length)], seed.Of(expression.Span)));
            case 12:
                return One(seed.Expressions.OfType<FloatLiteral>(), random) is { } real ? Replace(real, GentleReals[random.Next(GentleReals.Length)]) : null;
            case 13:
                return One(seed.Expressions.OfType<Name>().Where(n => Alike.Any(a => a.Contains(n.Identifier))), random) is { } like && Alike.First(a => a.Contains(like.Identifier)) is { } group
                    ? new(like.Span.Start, like.Span.End, group[random.Next(group.Length)]) : null;
            case 0 or 1:
                var donor = random.Next(3) == 0 ? seed : seeds[random.Next(seeds.Count)];
                return Replace(expression, OneLine(donor, random));
            case 2 or 3:
                return seed.Of(expression.Span).Contains('\n') ? null : Replace(expression, Format(Wraps[random.Next(Wraps.Length)], seed.Of(expression.Span)));
            case 4 or 5:
                var pool = random.Next(2) == 0 ? seed.Names : Library;
                return One(seed.Expressions.OfType<Name>(), random) is { } name && pool.Count > 0 ? new(name.Span.Start, name.Span.End, pool[random.Next(pool.Count)]) : null;
            case 6:
                return One(seed.Expressions.Where(e => e is IntLiteral or FloatLiteral), random) is { } literal
                    ? new(literal.Span.Start, literal.Span.End, (literal is IntLiteral) ^ (random.Next(5) == 0) ? Integers[random.Next(Integers.Length)] : $"({Reals[random.Next(Reals.Length)]})") : null;
            case 7:
                return One(seed.Expressions.OfType<Binary>(), random) is { OperatorSpan: { Length: > 0 } at } ? new(at.Start, at.End, Operators[random.Next(Operators.Length)]) : null;
            case 8:
                return One(seed.Statements, random) is { } dropped ? new(dropped.Span.Start, dropped.Span.End, "") : null;
            default:
                if (One(seed.Statements, random) is not { } at2 || One(random.Next(2) == 0 ? seed.Statements : seeds[random.Next(seeds.Count)].Statements, random) is not { Span.Source: { } from } added) return null;
                var text = from.Text.Substring(added.Span.Start, added.Span.Length);
                return text.Contains('\n') ? null : new(at2.Span.Start, at2.Span.Start, text + "\n" + new string(' ', Column(seed.Text, at2.Span.Start)));
        }
    }

    private static Edit? Replace(Expr expression, string? with) => with is null ? null : new(expression.Span.Start, expression.Span.End, with.StartsWith('(') && with.EndsWith(')') ? with : $"({with})");

    private static string? OneLine(Seed donor, Random random) =>
        donor.Expressions.Count > 0 && donor.Of(donor.Expressions[random.Next(donor.Expressions.Count)].Span) is { Length: < 120 } text && !text.Contains('\n') ? text : null;

    private static T? One<T>(IEnumerable<T> items, Random random) where T : class
    {
        var all = items as IReadOnlyList<T> ?? [.. items];
        return all.Count == 0 ? null : all[random.Next(all.Count)];
    }

    private static string Format(string form, string text) => string.Format(System.Globalization.CultureInfo.InvariantCulture, form, text);

    private static int Column(string text, int at) => at - (text.LastIndexOf('\n', Math.Max(0, at - 1)) + 1);
}
