using ProbNet.Graph;
using ProbNet.Language.Distributions;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;

namespace ProbNet.Language.Evaluation;

/// <summary>Warnings about what a <c>prob</c> block binds and never mentions again. It belongs to one evaluation.</summary>
internal sealed class UnusedLint
{
    private readonly Dictionary<Statement, HashSet<Statement>> _blocks = new(ReferenceEqualityComparer.Instance);

    /// <summary>
    /// The statements of a block that bind a single name which nothing below mentions. A name that is bound again counts as mentioned, so that none is missed by mistake.
    /// </summary>
    public IReadOnlySet<Statement> Of(EqArray<Statement> statements)
    {
        if (statements.IsEmpty) return new HashSet<Statement>();
        if (_blocks.TryGetValue(statements[0], out var known)) return known;
        var unused = new HashSet<Statement>(ReferenceEqualityComparer.Instance);
        var mentioned = new HashSet<string>();
        for (var i = statements.Count - 1; i >= 0; i--)
        {
            var (name, expressions) = statements[i] switch
            {
                Statement.LetBang { Pattern: var pattern, Value: var value } => ((pattern as Pattern.Variable)?.Name, (IEnumerable<Expr>)[value]),
                Statement.Let { Binding: var binding } => (binding.Parameters.IsEmpty ? (binding.Pattern as Pattern.Variable)?.Name : null, AstWalk.Expressions(binding)),
                Statement.DoBang { Value: var value } => (null, [value]),
                Statement.Return { Value: var value } => (null, [value]),
                Statement.ReturnBang { Value: var value } => (null, [value]),
                _ => (null, (IEnumerable<Expr>)[]),
            };
            if (name is not null && !name.StartsWith('_') && !mentioned.Contains(name)) unused.Add(statements[i]);
            foreach (var expression in expressions)
            {
                foreach (var used in Mentions.Names(expression)) mentioned.Add(Head(used.Identifier));
            }
        }
        return _blocks[statements[0]] = unused;
    }

    /// <summary>Warns about a draw that nothing mentions, unless it may be what data is bound to: something that depends on other values, or has an axis of the data.</summary>
    public static void Draw(Report report, string name, SourceSpan span, IReadOnlyList<TracedSite> drawn)
    {
        if (drawn.Count == 0 || drawn.Any(s => s.Kind != SiteKind.Sample || !IsPrior(s.Distribution))) return;
        var what = drawn is [{ Name: var site }] && (site == name || site.EndsWith("." + name, StringComparison.Ordinal)) ? $"'{site}' is drawn but never used: its posterior is its prior"
            : $"'{name}' is drawn but never used: the posterior of {string.Join(", ", drawn.Take(4).Select(s => $"'{s.Name}'"))}{(drawn.Count > 4 ? ", …" : "")} is the prior";
        report.Warn(CheckerCodes.UnusedSite, span, what, "use it below, return it, or remove it; `let! _ = …` draws without a use on purpose");
    }

    /// <summary>Warns about arguments of a model that nothing mentions.</summary>
    public static void Arguments(Report report, Declaration.Model model)
    {
        var mentioned = Mentions.Names(model).Select(n => Head(n.Identifier)).ToHashSet();
        foreach (var parameter in model.Parameters)
        {
            if (parameter.Pattern is not Pattern.Variable { Name: var name } || name.StartsWith('_') || mentioned.Contains(name)) continue;
            var sizes = parameter.Type is TypeExpr.Tensor tensor ? tensor.Dims.OfType<Name>().Select(d => d.Identifier).Distinct().ToList() : [];
            report.Warn(CheckerCodes.UnusedArgument, parameter.Pattern.Span, $"the argument '{name}' of model '{model.Name}' is never used",
                parameter.Default is null && sizes.Count > 0 ? $"use it or remove it; a size alone is declared without an argument: model {model.Name} [{string.Join(", ", sizes)}]" : "use it or remove it");
        }
    }

    /// <summary>Warns about a definition that nothing mentions.</summary>
    public static void Definition(Report report, string name, SourceSpan span) =>
        report.Warn(CheckerCodes.UnusedDefinition, span, $"'{name}' is computed but never used", $"use it below or remove it; `let {name} = deterministic (…)` reports it with the posterior");

    private static bool IsPrior(DistributionType type) =>
        !type.Literals.IsEmpty && type.Literals.All(l => l is not null) && type.Axes.All(a => a.Size.Constant is not null);

    // A field of a record is read through the name of the record.
    private static string Head(string identifier) => identifier.IndexOf('.') is > 0 and var dot ? identifier[..dot] : identifier;
}
