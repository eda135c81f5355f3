using ProbNet.Graph;
using ProbNet.Inference.Workflow;
using ProbNet.Language;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Types;

namespace ProbNet.Cli.Explain;

/// <summary>What a node of a diagram stands for.</summary>
internal enum DiagramKind
{
    /// <summary>A value given with the data.</summary>
    Argument,
    /// <summary>A value learned as a point.</summary>
    Parameter,
    /// <summary>A draw.</summary>
    Site,
    /// <summary>A likelihood term stated by <c>observe</c>.</summary>
    Term,
    /// <summary>A computed value that is reported.</summary>
    Computed,
    /// <summary>A term of the log-density that is no distribution's.</summary>
    Factor,
}

/// <summary>A node of a diagram.</summary>
/// <param name="Name">The path it is known by.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Family">The distribution's family, or empty.</param>
/// <param name="Type">The type of its value, with named dimensions.</param>
/// <param name="Plate">The named dimension of its leading axis, or null.</param>
/// <param name="Observed">Whether its value is known.</param>
internal sealed record DiagramNode(string Name, DiagramKind Kind, string Family, string Type, string? Plate, bool Observed);

/// <summary>An arrow: the value of one node enters the distribution or the expression of another.</summary>
/// <param name="From">The node whose value it is.</param>
/// <param name="To">The node that uses it.</param>
/// <param name="Shape">The shape of the value.</param>
internal sealed record DiagramEdge(string From, string To, string Shape);

/// <summary>A model as a directed graph: who depends on whom.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Nodes">Arguments, learned values, sites and terms in model order, then computed values and factors.</param>
/// <param name="Edges">The arrows.</param>
internal sealed record Diagram(string Model, EqArray<DiagramNode> Nodes, EqArray<DiagramEdge> Edges)
{
    // Which nodes depend on which is the same for all sizes that a model allows, so any will do.
    private static readonly int[][] Trials = [[7, 5, 3, 11, 13], [64, 60, 56, 52, 48], [256, 240, 224, 210, 196]];

    /// <summary>The plates: named dimensions that lead a node's value, in the order met.</summary>
    public IEnumerable<string> Plates => Nodes.Where(n => n.Plate is not null).Select(n => n.Plate!).Distinct();

    /// <summary>The diagram of a model.</summary>
    /// <param name="choice">The model and the data declared for it.</param>
    /// <param name="bound">The model with its data read, or null.</param>
    public static Diagram Of(ModelChoice choice, BoundProgram? bound)
    {
        var model = choice.Model;
        var graph = bound?.Model.Elaborate(bound.Model.Rows) ?? AtAnySize(model);
        var given = bound?.Model.Observed.ToHashSet() ?? [.. choice.Data?.Bindings.Select(b => b.Name) ?? []];
        var nodes = new List<DiagramNode>();
        var values = new Dictionary<Tensor, string>(ReferenceEqualityComparer.Instance);
        var uses = new List<(string To, EqArray<Tensor> Roots)>();
        foreach (var (argument, type) in graph.Arguments.Zip(model.Arguments)) Add(new(argument.Name, DiagramKind.Argument, "", type.Type.ToString(), Plate(type.Type), true), argument.Value, []);
        foreach (var (parameter, type) in graph.Parameters.Zip(model.Parameters)) Add(new(parameter.Name, DiagramKind.Parameter, "", type.Type.ToString(), Plate(type.Type), false), parameter.Value, []);
        foreach (var (site, type) in graph.Sites.Zip(model.Sites))
        {
            var isTerm = site.Kind == SiteKind.Observe;
            Add(new(site.Name, isTerm ? DiagramKind.Term : DiagramKind.Site, site.Distribution.Family.Name, type.Type.ToString(), Plate(type.Type), isTerm || given.Contains(site.Name)),
                isTerm ? null : site.Value, isTerm ? [site.Value, .. site.Distribution.Arguments] : site.Distribution.Arguments);
        }
        foreach (var (computed, type) in graph.Deterministics.Zip(model.Deterministics)) Add(new(computed.Name, DiagramKind.Computed, "", type.Type.ToString(), Plate(type.Type), false), computed.Value, [.. computed.Value.Inputs]);
        foreach (var (factor, type) in graph.Factors.Zip(model.Factors)) Add(new(factor.Name, DiagramKind.Factor, "", type.Type.ToString(), Plate(type.Type), false), null, [factor.LogDensity]);
        var types = nodes.ToDictionary(n => n.Name, n => n.Type);
        var edges = uses.SelectMany(u => Parents(u.Roots, values).Where(p => p != u.To).Select(p => new DiagramEdge(p, u.To, Shape(types[p])))).ToEqArray();
        return new(model.Name, nodes.ToEqArray(), edges);

        void Add(DiagramNode node, Tensor? value, EqArray<Tensor> roots)
        {
            nodes.Add(node);
            if (value is not null) values.TryAdd(value, node.Name);
            uses.Add((node.Name, roots));
        }
    }

    // The nodes of the diagram that expressions use, without those behind other nodes.
    private static IEnumerable<string> Parents(EqArray<Tensor> roots, Dictionary<Tensor, string> values)
    {
        var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        var found = new List<string>();
        var stack = new Stack<Tensor>(roots);
        while (stack.TryPop(out var node))
        {
            if (!seen.Add(node)) continue;
            if (values.TryGetValue(node, out var name)) found.Add(name);
            else foreach (var operand in node.Inputs) stack.Push(operand);
        }
        return found.Distinct().Order(StringComparer.Ordinal);
    }

    private static ModelGraph AtAnySize(CheckedModel model)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                return model.Elaborate(model.Dimensions.Select((name, d) => (name, d)).ToDictionary(d => d.name, d => Trials[i][d.d % Trials[i].Length]), null, DType.F32);
            }
            catch (DiagnosticException) when (i + 1 < Trials.Length)
            {
                // Sizes can be too small for the program's indices; the next are larger.
            }
        }
    }

    private static string? Plate(SymbolicType type) => type.Axes is [var first, ..] ? first.Size.Variable : null;

    private static string Shape(string type) => type.IndexOf('[') is >= 0 and var at ? type[at..] : "";
}
