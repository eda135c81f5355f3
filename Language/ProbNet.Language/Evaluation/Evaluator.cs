using System.Collections.Immutable;
using ProbNet.Graph;
using ProbNet.Language.Distributions;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;

namespace ProbNet.Language.Evaluation;

/// <summary>
/// Gives expressions their meaning. One definition serves two purposes: with symbolic sizes it checks a program (every tensor is known by
/// its element type and axes); with known sizes it also builds the tensor graph. Programs have no recursion, so evaluation ends.
/// </summary>
internal sealed class Evaluator(Trace trace)
{
    // Bounds on evaluation: untyped self-application could otherwise run on for ever, e.g. (fun x -> x x) (fun x -> x x).
    private const int MaximumDepth = 1_000;
    private const int MaximumSteps = 100_000;

    private int _depth;
    private int _steps;

    /// <summary>What the evaluation is for and what it has met.</summary>
    public Trace Trace { get; } = trace;

    private Report Report => Trace.Report;

    public Value Evaluate(Expr expression, Scope scope)
    {
        if (!System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
            return Report.Fail(CheckerCodes.EndlessEvaluation, expression.Span, "this expression is nested too deeply to evaluate", "name parts of it with `let`");
        switch (expression.Kind)
        {
            case ExprKind.Int: return new Value.Static(Dim.Of(((IntLiteral)expression).Value), expression.Span);
            case ExprKind.Float: return Trace.Real(((FloatLiteral)expression).Value);
            case ExprKind.String: return new Value.Text(((StringLiteral)expression).Value);
            case ExprKind.Bool: return new Value.Truth(((BoolLiteral)expression).Value);
            case ExprKind.Unit: return Value.Unit.It;
            case ExprKind.Name: return Lookup((Name)expression, scope);
            case ExprKind.Apply:
                var apply = (Apply)expression;
                if (apply.Arguments is [TupleLiteral named] && named.Items.Any(i => i is Syntax.Binary { Operator: BinaryOperator.Equal, Left: Name { Identifier: var label } } && !scope.Names.ContainsKey(label)))
                    return Report.Fail(CheckerCodes.WrongKind, named.Span, "arguments are not named", "write them in order, separated by blanks: normal 0.0 1.0");
                return Apply(Evaluate(apply.Function, scope), apply.Arguments.Map(a => new Argument(Evaluate(a, scope), a.Span)), expression.Span, apply.Function.Span);
            case ExprKind.Unary: return Operators.Unary(this, (Unary)expression, Evaluate(((Unary)expression).Operand, scope));
            case ExprKind.Binary: return EvaluateBinary((Binary)expression, scope);
            case ExprKind.Lambda:
                var lambda = (Lambda)expression;
                return Closure("fun", lambda.Parameters, lambda.Body, scope, expression.Span);
            case ExprKind.If: return Operators.If(this, (If)expression, scope);
            case ExprKind.Range: return Indexing.RangeList(this, (RangeLiteral)expression, scope);
            case ExprKind.List: return new Value.List(((ListLiteral)expression).Items.Map(i => Given(Evaluate(i, scope), i.Span)));
            case ExprKind.Tuple: return new Value.Tuple(((TupleLiteral)expression).Items.Map(i => Evaluate(i, scope)));
            case ExprKind.Record: return new Value.Record(((RecordLiteral)expression).Fields.Map(f => (f.Name, Evaluate(f.Value, scope))));
            case ExprKind.Index: return Indexing.Evaluate(this, (Syntax.Index)expression, scope);
            case ExprKind.Member: return EvaluateMember((Member)expression, scope);
            case ExprKind.Block:
                var block = (Block)expression;
                var inner = block.Bindings.Aggregate(scope, (s, b) => Bind(b, s));
                return Evaluate(block.Result, inner);
            case ExprKind.Prob:
                var frames = Report.Frames;
                var statements = ((Prob)expression).Statements;
                return new Value.Random("a prob block", prefix => Within(frames, () => ProbBlock.Run(this, statements, scope, prefix)));
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    // A named dimension in a list of sizes comes from where it is given, which says more than where it was named; a number comes from where it is written.
    private static Value Given(Value item, SourceSpan span) =>
        item is Value.Static { Number.Constant: null } size && !(span.Source is { } source && Prelude.IsPrelude(source)) ? size with { From = span } : item;

    /// <summary>Applies a function to arguments: fewer than it has parameters give a function, more are applied to the result.</summary>
    public Value Apply(Value function, EqArray<Argument> arguments, SourceSpan call, SourceSpan functionSpan)
    {
        Value.Function? applied = null;
        while (true)
        {
            if (function is Value.Unknown) return function;
            if (function is not Value.Function f)
            {
                var what = function is Value.Static or Value.TensorOf { IsScalar: true } ? "a number" : function.Describe();
                if (applied is { } full)
                {
                    var takes = $"{(full.Parameters.Count == 1 ? "one argument" : $"{full.Parameters.Count} arguments")} ({string.Join(", ", full.Parameters)})";
                    return Report.Fail(CheckerCodes.NotAFunction, functionSpan, $"'{full.Name}' takes {takes}, but it is given {full.Parameters.Count + arguments.Count}", TooMany(full, function, arguments), Coerce.Declared(full));
                }
                return Report.Fail(CheckerCodes.NotAFunction, functionSpan, $"{what} is applied to {(arguments.Count == 1 ? "an argument" : $"{arguments.Count} arguments")}, but it is not a function",
                    function is Value.Distribution ? "the distribution has all its parameters already; remove the extra argument, or put it in brackets if an operator is missing" : "an operator or a pipe may be missing before the argument");
            }
            if (Tupled(f, arguments) is { } tuple)
            {
                return Report.Fail(CheckerCodes.MissingArguments, tuple.Span, $"'{f.Name}' takes {f.Parameters.Count} arguments ({string.Join(", ", f.Parameters)}), but it is given one, a tuple",
                    $"arguments are separated by blanks, without commas: {f.Name} {string.Join(" ", f.Parameters)}");
            }
            if (f.Missing > arguments.Count) return f with { Given = f.Given.AddRange(arguments) };
            var all = f.Given.AddRange(arguments[..f.Missing]);
            var rest = arguments[f.Missing..];
            var result = Call(f, all, call);
            if (rest.IsEmpty) return result;
            (function, arguments, applied) = (result, rest, f);
        }
    }

    // A function of the compiler that gets all it needs as one tuple, as other languages write it.
    private static Argument? Tupled(Value.Function f, EqArray<Argument> arguments) =>
        f.Declared.Source is null && f.Given.IsEmpty && arguments is [{ Value: Value.Tuple { Items: var items } } only] && items.Count == f.Parameters.Count ? only : null;

    private static string TooMany(Value.Function full, Value result, EqArray<Argument> rest) => (result, rest[0].Value) switch
    {
        (Value.Distribution, Value.List) => $"repeat a distribution with a pipe: {full.Name} … |> iid [k]",
        (Value.Distribution, Value.Function { Name: var next }) => $"a pipe is missing: {full.Name} … |> {next} …",
        (Value.TensorOf, Value.Static) when full.Name is "sum" or "mean" => $"'{full.Name}' folds all elements; along one axis write {full.Name}Axis {rest[0].Value.Describe().Split(' ')[^1]} x",
        _ => "remove the extra argument; or an operator or a pipe is missing before it, or brackets around it",
    };

    /// <summary>Applies a function value to values, as a builtin that takes functions does.</summary>
    public Value Apply(Argument function, SourceSpan call, params ReadOnlySpan<Value> arguments) =>
        Apply(function.Value, EqArray.Create(arguments).Map(v => new Argument(v, call)), call, function.Span);

    private Value Call(Value.Function function, EqArray<Argument> arguments, SourceSpan call)
    {
        if (_depth >= MaximumDepth)
        {
            return Report.Fail(CheckerCodes.EndlessEvaluation, call, $"applying '{function.Name}' does not come to an end",
                "functions cannot apply themselves; use foldLayers or map over a list for repetition");
        }
        // Told once, wherever the work runs out.
        if (!Step())
        {
            return _steps > MaximumSteps + 1 ? Value.Unknown.It : Report.Fail(CheckerCodes.EndlessEvaluation, call, $"evaluating this program takes more than {MaximumSteps:N0} applications of functions".Replace(',', ' '),
                "map, fold and scan over a tensor take one step where those over a list take one for each item");
        }
        _depth++;
        try
        {
            return Within(Report.Frames.Add(new Frame(function.Name, call, function.Declared)), () => function.Body(this, arguments, call));
        }
        catch (OverflowException) when (!Trace.BuildsGraph)
        {
            return TooLarge(call);
        }
        finally
        {
            _depth--;
        }
    }

    /// <summary>Counts an application or a run of a random computation; false where there have been so many that the evaluation may never end.</summary>
    public bool Step() => ++_steps <= MaximumSteps;

    private Value TooLarge(SourceSpan span) => Report.Fail(CheckerCodes.BadSize, span, "a size is too large to compute with here", "sizes are below 2^63 and have a few terms");

    /// <summary>Evaluates as inside the given applications.</summary>
    public Value Within(ImmutableList<Frame> frames, Func<Value> body)
    {
        var outer = Report.Frames;
        Report.Frames = frames;
        try
        {
            return body();
        }
        finally
        {
            Report.Frames = outer;
        }
    }

    /// <summary>The scope extended by a definition.</summary>
    public Scope Bind(LetBinding binding, Scope scope)
    {
        if (binding.Parameters.IsEmpty) return BindPattern(binding.Pattern, Evaluate(binding.Body, scope), scope, binding.Body.Span);
        if (binding.Pattern is not Pattern.Variable variable)
        {
            Report.Fail(CheckerCodes.PatternMismatch, binding.Pattern.Span, "a function definition needs a name before its parameters");
            return scope;
        }
        return scope.With(variable.Name, Closure(variable.Name, binding.Parameters, binding.Body, scope, binding.Span));
    }

    /// <summary>The scope extended by the names of a pattern.</summary>
    public Scope BindPattern(Pattern pattern, Value value, Scope scope, SourceSpan valueSpan)
    {
        switch (pattern)
        {
            case Pattern.Variable variable: return scope.With(variable.Name, value);
            case Pattern.Wildcard: return scope;
            case Pattern.Tuple tuple when value is Value.Tuple given && given.Items.Count == tuple.Items.Count:
                for (var i = 0; i < tuple.Items.Count; i++) scope = BindPattern(tuple.Items[i], given.Items[i], scope, valueSpan);
                return scope;
            case Pattern.Tuple tuple:
                if (!value.IsUnknown)
                {
                    Report.Fail(CheckerCodes.PatternMismatch, pattern.Span, $"this pattern takes a tuple of {tuple.Items.Count}, but the value is {value.Describe()}", null,
                        new DiagnosticNote("the value comes from here", valueSpan));
                }
                foreach (var item in tuple.Items) scope = BindPattern(item, Value.Unknown.It, scope, valueSpan);
                return scope;
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    public static Value.Function Closure(string name, EqArray<Syntax.Parameter> parameters, Expr body, Scope scope, SourceSpan declared) =>
        new(name, parameters.Map(p => p.Pattern is Pattern.Variable v ? v.Name : "_"), [], (evaluator, arguments, _) =>
        {
            var inner = scope;
            for (var i = 0; i < parameters.Count; i++)
            {
                var value = arguments[i].Value;
                if (parameters[i].Type is { } type) (value, inner) = Annotations.Check(evaluator, type, value, arguments[i].Span, inner);
                inner = evaluator.BindPattern(parameters[i].Pattern, value, inner, arguments[i].Span);
            }
            return evaluator.Evaluate(body, inner);
        }, declared);

    private Value Lookup(Name name, Scope scope)
    {
        if (scope.Names.TryGetValue(name.Identifier, out var value)) return value;
        // A module that could not be opened was told; what is missing may be in it.
        if (scope.IsIncomplete) return Value.Unknown.It;
        var nearest = Suggest.Nearest(name.Identifier, scope.Names.Keys.Where(k => k.Contains('.') == name.Identifier.Contains('.')).Concat(scope.Hidden));
        return Report.Fail(CheckerCodes.UndefinedName, name.Span, $"'{name.Identifier}' is not defined",
            Report.Frames.Any(f => f.Function == name.Identifier) ? "a function cannot refer to itself; use foldLayers or map over a list for repetition"
            : scope.Hidden.Contains(name.Identifier) ? $"'{name.Identifier}' is defined further down: move its definition above this line"
            : ForeignNames.Hint(name.Identifier) is { } foreign ? foreign
            : nearest is null && name.Identifier.LastIndexOf('.') is > 0 and var dot ? Qualified(name.Identifier[..dot], scope)
            : nearest is null ? "names must be defined above their use" : $"did you mean '{nearest}'?");
    }

    private static string Qualified(string module, Scope scope)
    {
        var names = scope.Names.Keys.Where(k => k.StartsWith(module + ".", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Take(8).ToList();
        return names.Count == 0 ? $"there is no module '{module}' in the library or beside this file" : $"the module '{module}' has {string.Join(", ", names)}";
    }

    private Value EvaluateBinary(Binary binary, Scope scope)
    {
        switch (binary.Operator)
        {
            case BinaryOperator.Pipe:
                return Pipe(binary, scope);
            case BinaryOperator.Compose or BinaryOperator.ComposeProb:
                return Composition.Evaluate(this, binary, scope);
            default:
                return EvaluateChain(binary, scope);
        }
    }

    // Pipes and operator chains lean to the left as deep as they are long, so they are walked and not recursed into.
    private Value Pipe(Binary binary, Scope scope)
    {
        var stages = new Stack<Binary>();
        Expr head = binary;
        while (head is Binary { Operator: BinaryOperator.Pipe } pipe)
        {
            stages.Push(pipe);
            head = pipe.Left;
        }
        var value = Evaluate(head, scope);
        var span = head.Span;
        foreach (var stage in stages)
        {
            value = Apply(Evaluate(stage.Right, scope), [new Argument(value, span)], stage.Span, stage.Right.Span);
            span = stage.Span;
        }
        return value;
    }

    private Value EvaluateChain(Binary binary, Scope scope)
    {
        var chain = new Stack<Binary>();
        Expr head = binary;
        while (head is Binary { Operator: not (BinaryOperator.Pipe or BinaryOperator.Compose or BinaryOperator.ComposeProb) } next)
        {
            chain.Push(next);
            head = next.Left;
        }
        var value = Evaluate(head, scope);
        foreach (var link in chain)
        {
            var right = Evaluate(link.Right, scope);
            try
            {
                value = Operators.Binary(this, link, value, right);
            }
            catch (OverflowException) when (!Trace.BuildsGraph)
            {
                value = TooLarge(link.Span);
            }
        }
        return value;
    }

    private Value EvaluateMember(Member member, Scope scope)
    {
        var target = Evaluate(member.Target, scope);
        if (target.IsUnknown) return target;
        if (target is not Value.Record record)
            return Report.Fail(CheckerCodes.WrongKind, member.Span, $"'.{member.Field}' needs a record, but this is {target.Describe()}", target is Value.TensorOf ? ForeignNames.Member(member.Field) : target is Value.List ? "an index is written x.[i]" : null);
        foreach (var (name, value) in record.Fields)
        {
            if (name == member.Field) return value;
        }
        var nearest = Suggest.Nearest(member.Field, record.Fields.Select(f => f.Name));
        return Report.Fail(CheckerCodes.UnknownField, member.Span, $"the record has no field '{member.Field}'", nearest is null ? null : $"did you mean '{nearest}'?");
    }
}
