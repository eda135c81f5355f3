using ProbNet.Graph;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;

namespace ProbNet.Language.Evaluation;

/// <summary>What is needed to evaluate a model, or a guide for one, any number of times.</summary>
internal interface IModelEvaluation
{
    /// <summary>Evaluates it; sites and diagnostics are in the trace.</summary>
    (EqArray<CheckedArgument> Arguments, EqArray<Tensor?> Nodes, EqArray<string> Dimensions, Value Result) Run(Trace trace);
}

/// <summary>A model's declaration with all it can refer to: what is needed to evaluate it, any number of times.</summary>
internal sealed record ModelEvaluation(EqArray<Declaration> Definitions, Declaration.Model Model) : IModelEvaluation
{
    /// <summary>Names beyond those of the definitions, for models whose body is host code.</summary>
    public Func<Evaluator, Scope, Scope>? Host { get; init; }

    /// <summary>Values of static arguments that replace their defaults, by name.</summary>
    public IReadOnlyDictionary<string, Expr> Settings { get; init; } = System.Collections.Immutable.ImmutableDictionary<string, Expr>.Empty;

    /// <summary>The modules that the definitions refer to.</summary>
    public Imports Imports { get; init; } = Imports.None;

    /// <summary>Evaluates the model; sites and diagnostics are in the trace.</summary>
    public (EqArray<CheckedArgument> Arguments, EqArray<Tensor?> Nodes, EqArray<string> Dimensions, Value Result) Run(Trace trace)
    {
        var evaluator = new Evaluator(trace);
        var scope = Modules.Define(evaluator, Definitions, Imports);
        if (Host is not null) scope = Host(evaluator, scope);
        var outer = scope;
        var dimensions = new List<string>();
        foreach (var name in Model.Dims)
        {
            scope = scope.With(name, new Value.Static(trace.Dimension(name), Model.NameSpan));
            dimensions.Add(name);
        }
        if (trace.Report.Warns && Host is null) UnusedLint.Arguments(trace.Report, Model);
        var arguments = new List<CheckedArgument>();
        var nodes = new List<Tensor?>();
        foreach (var parameter in Model.Parameters)
        {
            if (parameter.Pattern is not Pattern.Variable { Name: var name } || parameter.Type is null)
            {
                trace.Report.Fail(CheckerCodes.ParameterType, parameter.Pattern.Span, "an argument of a model needs a name and a type", "write e.g. (x : real[n, 4])");
                foreach (var bound in parameter.Pattern.Names()) scope = scope.With(bound, Value.Unknown.It);
                continue;
            }
            if (parameter.Default is not null)
            {
                scope = StaticArguments.Bind(evaluator, parameter, name, Settings, scope);
                continue;
            }
            var before = scope;
            (var type, scope) = Annotations.Declare(evaluator, parameter.Type, name, scope);
            dimensions.AddRange(DimensionNames(parameter.Type).Where(d => !dimensions.Contains(d) && before.Names.GetValueOrDefault(d) is not Value.Static && scope.Names.ContainsKey(d)));
            if (type is null)
            {
                scope = scope.With(name, Value.Unknown.It);
                continue;
            }
            trace.Claim(name, parameter.Pattern.Span);
            var node = trace.BuildsGraph ? TensorMath.Input(name, trace.TypeOf(type.Element), Trace.ShapeOf(type.Axes), trace.OriginAt(parameter.Pattern.Span)) : null;
            scope = scope.With(name, new Value.TensorOf(type.Element, type.Axes, node, type.Bound));
            arguments.Add(new CheckedArgument(name, type, parameter.Pattern.Span));
            nodes.Add(node);
        }
        var body = evaluator.Evaluate(Model.Body, scope);
        if (body is not (Value.Random or Value.Distribution or Value.Unknown))
            trace.Report.Fail(CheckerCodes.ModelBody, Model.NameSpan, $"the body of model '{Model.Name}' is not random: it is {body.Describe()}", "a model's body is a prob block: model name (…) = prob { … }");
        var result = body is Value.Random or Value.Distribution ? ProbBlock.Draw(evaluator, body, "", Model.Body.Span) : Value.Unknown.It;
        if (result is Value.Distribution or Value.Random)
            trace.Report.Fail(CheckerCodes.NotDrawn, Model.NameSpan, $"model '{Model.Name}' returns {result.Describe()}, from which nothing has been drawn", "draw it: bind it with `let!` instead of `let`, or end with `return!`");
        return (arguments.ToEqArray(), nodes.ToEqArray(), dimensions.ToEqArray(), result);
    }

    private static IEnumerable<string> DimensionNames(TypeExpr type) => type is TypeExpr.Tensor tensor ? Annotations.Names(tensor).Select(n => n.Identifier) : [];
}
