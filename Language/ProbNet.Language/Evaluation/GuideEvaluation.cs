using ProbNet.Graph;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;

namespace ProbNet.Language.Evaluation;

/// <summary>
/// A guide written as a program, with the model it approximates: its parameters are arguments and observed sites of the model, its dimensions are the model's, and
/// its draws are latent sites of the model.
/// </summary>
internal sealed record GuideEvaluation(EqArray<Declaration> Definitions, Declaration.GuideProgram Guide, CheckedModel Model) : IModelEvaluation
{
    /// <summary>Names beyond those of the definitions, for guides whose body is host code.</summary>
    public Func<Evaluator, Scope, Scope>? Host { get; init; }

    /// <summary>The modules that the definitions refer to.</summary>
    public Imports Imports { get; init; } = Imports.None;

    /// <inheritdoc/>
    public (EqArray<CheckedArgument> Arguments, EqArray<Tensor?> Nodes, EqArray<string> Dimensions, Value Result) Run(Trace trace)
    {
        var evaluator = new Evaluator(trace);
        var scope = Modules.Define(evaluator, Definitions, Imports);
        if (Host is not null) scope = Host(evaluator, scope);
        foreach (var name in Model.Dimensions) scope = scope.With(name, new Value.Static(trace.Dimension(name), Model.Span));
        var (arguments, nodes) = (new List<CheckedArgument>(), new List<Tensor?>());
        foreach (var parameter in Guide.Parameters)
        {
            var span = parameter.Pattern.Span;
            if (parameter.Pattern is not Pattern.Variable { Name: var name })
            {
                trace.Report.Fail(CheckerCodes.GuideParameter, span, "a parameter of a guide is the name of an argument or observed site of its model", "take the values one by one, e.g. (x : real[n, 4]) (y : real[n])");
                continue;
            }
            scope = scope.With(name, Value.Unknown.It);
            if (Known(name) is not var (type, place))
            {
                Unknown(trace.Report, name, span);
                continue;
            }
            if (parameter.Type is not null)
            {
                (var agrees, scope) = Agree(evaluator, parameter.Type, name, type, place, scope);
                if (!agrees) continue;
            }
            if (!trace.Claim(name, span)) continue;
            var axes = type.Axes.Map(a => a with { Size = Ground(trace, a.Size) });
            var node = trace.BuildsGraph ? TensorMath.Input(name, trace.TypeOf(type.Element), Trace.ShapeOf(axes), trace.OriginAt(span)) : null;
            var value = new Value.TensorOf(type.Element, axes, node, type.Bound is null ? null : Ground(trace, type.Bound));
            // An integer or truth value that is written as real is taken as a number.
            scope = scope.With(name, parameter.Type is TypeExpr.Tensor { Element: "real" } ? AsReal(trace, value, span) : value);
            arguments.Add(new CheckedArgument(name, type, span));
            nodes.Add(node);
        }
        var body = evaluator.Evaluate(Guide.Body, scope);
        if (body is not (Value.Random or Value.Distribution or Value.Unknown))
            trace.Report.Fail(CheckerCodes.GuideDrawsNothing, Guide.NameSpan, $"the guide '{Guide.Name}' draws nothing: its body is {body.Describe()}", "a guide's body is a prob block that draws the model's latent sites: guide g for m = prob { let! site = … }");
        var result = body is Value.Random or Value.Distribution ? ProbBlock.Draw(evaluator, body, "", Guide.Body.Span) : Value.Unknown.It;
        // What holds for all sizes holds for known ones.
        if (!trace.BuildsGraph) GuideSites.Check(Guide, Model, trace, body.IsUnknown);
        return (arguments.ToEqArray(), nodes.ToEqArray(), Model.Dimensions, result);
    }

    private (SymbolicType Type, SourceSpan Span)? Known(string name) =>
        Model.Arguments.FirstOrDefault(a => a.Name == name) is { } argument ? (argument.Type, argument.Span)
        : Model.Sites.FirstOrDefault(s => s.Name == name && s.Kind == SiteKind.Sample) is { } site ? (site.Type, site.Span)
        : null;

    private void Unknown(Report report, string name, SourceSpan span)
    {
        var names = Model.Arguments.Select(a => a.Name).Concat(Model.Sites.Where(s => s.Kind == SiteKind.Sample).Select(s => s.Name)).ToList();
        var nearest = Suggest.Nearest(name, names);
        report.Fail(CheckerCodes.GuideParameter, span, $"the guide '{Guide.Name}' takes '{name}', but model '{Model.Name}' has no such argument or site",
            nearest is not null ? $"did you mean '{nearest}'?" : $"a guide sees arguments and observed sites of its model: {string.Join(", ", names)}", new DiagnosticNote("the model is here", Model.Span));
    }

    // The written type names the model's sizes; a name that is no dimension of the model stands for the size found at its place.
    private (bool Agrees, Scope Scope) Agree(Evaluator evaluator, TypeExpr written, string name, SymbolicType type, SourceSpan place, Scope scope)
    {
        var report = evaluator.Trace.Report;
        if (written is TypeExpr.Tensor tensor)
        {
            for (var i = 0; i < Math.Min(tensor.Dims.Count, type.Axes.Count); i++)
            {
                if (tensor.Dims[i] is Name dim && (!scope.Names.TryGetValue(dim.Identifier, out var known) || known is not Value.Static))
                    scope = scope.With(dim.Identifier, new Value.Static(Ground(evaluator.Trace, type.Axes[i].Size), dim.Span));
            }
        }
        var faults = report.Diagnostics.Count;
        (var declared, scope) = Annotations.Declare(evaluator, written, name, scope);
        if (declared is null || report.Diagnostics.Count > faults) return (false, scope);
        var sizes = declared.Axes.Select(a => a.Size).SequenceEqual(type.Axes.Select(a => Ground(evaluator.Trace, a.Size)));
        var elements = declared.Element == type.Element || declared.Element == ElementType.Real;
        if (sizes && elements && (declared.Bound is null || type.Bound is null || declared.Bound.Equals(Ground(evaluator.Trace, type.Bound)))) return (true, scope);
        report.Fail(CheckerCodes.GuideParameterType, written.Span, $"the guide '{Guide.Name}' takes '{name}' as {declared}, but in model '{Model.Name}' it is {type}",
            $"write ({name} : {type}), or leave the type out", new DiagnosticNote($"'{name}' is {type} here", place));
        return (false, scope);
    }

    private Dim Ground(Trace trace, Dim size) =>
        trace.BuildsGraph ? size.Substitute(Model.Dimensions.ToDictionary(d => d, d => checked((int)trace.Dimension(d).Constant!.Value))) : size;

    private static Value.TensorOf AsReal(Trace trace, Value.TensorOf value, SourceSpan span) =>
        value.Element == ElementType.Real ? value : trace.Emit(ElementType.Real, value.Axes, span, () => TensorMath.Convert(value.Node!, trace.Precision));
}
