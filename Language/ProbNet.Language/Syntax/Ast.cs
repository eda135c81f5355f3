using ProbNet.Graph;

namespace ProbNet.Language.Syntax;

/// <summary>The forms of expressions.</summary>
public enum ExprKind
{
    /// <summary><see cref="Syntax.IntLiteral"/></summary>
    Int,
    /// <summary><see cref="Syntax.FloatLiteral"/></summary>
    Float,
    /// <summary><see cref="Syntax.StringLiteral"/></summary>
    String,
    /// <summary><see cref="Syntax.BoolLiteral"/></summary>
    Bool,
    /// <summary><see cref="Syntax.UnitLiteral"/></summary>
    Unit,
    /// <summary><see cref="Syntax.Name"/></summary>
    Name,
    /// <summary><see cref="Syntax.Apply"/></summary>
    Apply,
    /// <summary><see cref="Syntax.Unary"/></summary>
    Unary,
    /// <summary><see cref="Syntax.Binary"/></summary>
    Binary,
    /// <summary><see cref="Syntax.Lambda"/></summary>
    Lambda,
    /// <summary><see cref="Syntax.If"/></summary>
    If,
    /// <summary><see cref="Syntax.ListLiteral"/></summary>
    List,
    /// <summary><see cref="Syntax.TupleLiteral"/></summary>
    Tuple,
    /// <summary><see cref="Syntax.RecordLiteral"/></summary>
    Record,
    /// <summary><see cref="Syntax.Index"/></summary>
    Index,
    /// <summary><see cref="Syntax.Member"/></summary>
    Member,
    /// <summary><see cref="Syntax.Block"/></summary>
    Block,
    /// <summary><see cref="Syntax.Prob"/></summary>
    Prob,
    /// <summary><see cref="Syntax.RangeLiteral"/></summary>
    Range,
}

/// <summary>Operators of one operand.</summary>
public enum UnaryOperator
{
    /// <summary><c>-x</c></summary>
    Negate,
    /// <summary><c>not x</c></summary>
    Not,
}

/// <summary>Operators of two operands, loosest first.</summary>
public enum BinaryOperator
{
    /// <summary><c>x |&gt; f</c></summary>
    Pipe,
    /// <summary><c>f &gt;&gt; g</c></summary>
    Compose,
    /// <summary><c>f &gt;=&gt; g</c>, composition of functions into <c>prob</c></summary>
    ComposeProb,
    /// <summary><c>a || b</c></summary>
    Or,
    /// <summary><c>a &amp;&amp; b</c></summary>
    And,
    /// <summary><c>a = b</c></summary>
    Equal,
    /// <summary><c>a &lt;&gt; b</c></summary>
    NotEqual,
    /// <summary><c>a &lt; b</c></summary>
    Less,
    /// <summary><c>a &lt;= b</c></summary>
    LessEqual,
    /// <summary><c>a &gt; b</c></summary>
    Greater,
    /// <summary><c>a &gt;= b</c></summary>
    GreaterEqual,
    /// <summary><c>a + b</c></summary>
    Add,
    /// <summary><c>a - b</c></summary>
    Subtract,
    /// <summary><c>a * b</c></summary>
    Multiply,
    /// <summary><c>a / b</c></summary>
    Divide,
    /// <summary><c>a @ b</c>, matrix product; binds like <c>*</c></summary>
    MatMul,
    /// <summary><c>a ** b</c>, right associative</summary>
    Power,
}

/// <summary>An expression. Equality is structural and ignores <see cref="Span"/>.</summary>
public abstract record Expr
{
    private protected Expr() { }

    /// <summary>Which form this is.</summary>
    public abstract ExprKind Kind { get; }

    /// <summary>Where it stands in the source.</summary>
    public SourceSpan Span { get; init; }

    /// <summary>Structural equality; spans are ignored.</summary>
    public virtual bool Equals(Expr? other) => other is not null && EqualityContract == other.EqualityContract;

    /// <inheritdoc/>
    public override int GetHashCode() => EqualityContract.GetHashCode();
}

/// <summary>An integer, e.g. <c>64</c>.</summary>
public sealed record IntLiteral(long Value) : Expr
{
    /// <inheritdoc/>
    public override ExprKind Kind => ExprKind.Int;
}

/// <summary>A real number, e.g. <c>1e-3</c>.</summary>
public sealed record FloatLiteral(double Value) : Expr
{
    /// <inheritdoc/>
    public override ExprKind Kind => ExprKind.Float;
}

/// <summary>A string, e.g. <c>"iris.csv"</c>.</summary>
public sealed record StringLiteral(string Value) : Expr
{
    /// <inheritdoc/>
    public override ExprKind Kind => ExprKind.String;
}

/// <summary><c>true</c> or <c>false</c>.</summary>
public sealed record BoolLiteral(bool Value) : Expr
{
    /// <inheritdoc/>
    public override ExprKind Kind => ExprKind.Bool;
}

/// <summary><c>()</c>.</summary>
public sealed record UnitLiteral : Expr
{
    /// <inheritdoc/>
    public override ExprKind Kind => ExprKind.Unit;
}

/// <summary>A variable, function or qualified name such as <c>Priors.horseshoe</c>.</summary>
public sealed record Name(string Identifier) : Expr
{
    /// <inheritdoc/>
    public override ExprKind Kind => ExprKind.Name;
}

/// <summary>A function applied to one or more arguments: <c>f a b</c>.</summary>
public sealed record Apply(Expr Function, EqArray<Expr> Arguments) : Expr
{
    /// <inheritdoc/>
    public override ExprKind Kind => ExprKind.Apply;
}

/// <summary>A prefix operator.</summary>
public sealed record Unary(UnaryOperator Operator, Expr Operand) : Expr
{
    /// <inheritdoc/>
    public override ExprKind Kind => ExprKind.Unary;
}

/// <summary>An infix operator.</summary>
public sealed record Binary(BinaryOperator Operator, Expr Left, Expr Right) : Expr
{
    /// <summary>Where the operator itself stands.</summary>
    public SourceSpan OperatorSpan { get; init; }

    /// <inheritdoc/>
    public override ExprKind Kind => ExprKind.Binary;

    /// <summary>Structural equality; spans are ignored.</summary>
    public bool Equals(Binary? other)
    {
        if (other is null) return false;
        // Chains are as deep as they have terms, so they are compared with a stack of their own.
        var pairs = new Stack<(Expr A, Expr B)>([(this, other)]);
        while (pairs.TryPop(out var pair))
        {
            if (pair is not (Binary a, Binary b))
            {
                if (!pair.A.Equals(pair.B)) return false;
                continue;
            }
            if (ReferenceEquals(a, b)) continue;
            if (a.Operator != b.Operator) return false;
            pairs.Push((a.Right, b.Right));
            pairs.Push((a.Left, b.Left));
        }
        return true;
    }

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        var parts = new Stack<Expr>([this]);
        while (parts.TryPop(out var part))
        {
            if (part is not Binary b)
            {
                hash.Add(part);
                continue;
            }
            hash.Add(b.Operator);
            parts.Push(b.Right);
            parts.Push(b.Left);
        }
        return hash.ToHashCode();
    }
}

/// <summary><c>fun p q -> body</c>.</summary>
public sealed record Lambda(EqArray<Parameter> Parameters, Expr Body) : Expr
{
    /// <inheritdoc/>
    public override ExprKind Kind => ExprKind.Lambda;
}

/// <summary><c>if c then a else b</c>.</summary>
public sealed record If(Expr Condition, Expr Then, Expr Else) : Expr
{
    /// <inheritdoc/>
    public override ExprKind Kind => ExprKind.If;
}

/// <summary><c>[a; b; c]</c>.</summary>
public sealed record ListLiteral(EqArray<Expr> Items) : Expr
{
    /// <inheritdoc/>
    public override ExprKind Kind => ExprKind.List;
}

/// <summary><c>[a .. b]</c>: the integers from a to b, both included.</summary>
public sealed record RangeLiteral(Expr From, Expr To) : Expr
{
    /// <inheritdoc/>
    public override ExprKind Kind => ExprKind.Range;
}

/// <summary><c>(a, b)</c>; at least two items.</summary>
public sealed record TupleLiteral(EqArray<Expr> Items) : Expr
{
    /// <inheritdoc/>
    public override ExprKind Kind => ExprKind.Tuple;
}

/// <summary><c>{ name = value; … }</c>.</summary>
public sealed record RecordLiteral(EqArray<Field> Fields) : Expr
{
    /// <inheritdoc/>
    public override ExprKind Kind => ExprKind.Record;
}

/// <summary>One field of a record literal.</summary>
public sealed record Field(string Name, Expr Value)
{
    /// <summary>Where the field's name stands.</summary>
    public SourceSpan NameSpan { get; init; }

    /// <summary>Structural equality; spans are ignored.</summary>
    public bool Equals(Field? other) => other is not null && Name == other.Name && Value.Equals(other.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Value);
}

/// <summary><c>x.[i, *, a .. b]</c>.</summary>
public sealed record Index(Expr Target, EqArray<IndexItem> Items) : Expr
{
    /// <inheritdoc/>
    public override ExprKind Kind => ExprKind.Index;
}

/// <summary>One position of an index: a value, everything (<c>*</c>), or an inclusive range with optional ends.</summary>
public abstract record IndexItem
{
    private IndexItem() { }

    /// <summary>A position, which drops the axis (or gathers, if it is a tensor of indices).</summary>
    public sealed record At(Expr Value) : IndexItem;

    /// <summary><c>*</c>: the whole axis.</summary>
    public sealed record All : IndexItem;

    /// <summary><c>a .. b</c>, both ends included, either may be left out.</summary>
    public sealed record Range(Expr? From, Expr? To) : IndexItem;
}

/// <summary><c>x.name</c>, where x is not a module.</summary>
public sealed record Member(Expr Target, string Field) : Expr
{
    /// <inheritdoc/>
    public override ExprKind Kind => ExprKind.Member;
}

/// <summary>Local definitions before a result: <c>let a = … ⏎ a + 1</c>.</summary>
public sealed record Block(EqArray<LetBinding> Bindings, Expr Result) : Expr
{
    /// <inheritdoc/>
    public override ExprKind Kind => ExprKind.Block;
}

/// <summary><c>prob { … }</c>.</summary>
public sealed record Prob(EqArray<Statement> Statements) : Expr
{
    /// <inheritdoc/>
    public override ExprKind Kind => ExprKind.Prob;
}

/// <summary>A statement inside <c>prob { }</c>. Equality ignores <see cref="Span"/>.</summary>
public abstract record Statement
{
    private Statement() { }

    /// <summary>Where it stands in the source.</summary>
    public SourceSpan Span { get; init; }

    /// <summary>Structural equality; spans are ignored.</summary>
    public virtual bool Equals(Statement? other) => other is not null && EqualityContract == other.EqualityContract;

    /// <inheritdoc/>
    public override int GetHashCode() => EqualityContract.GetHashCode();

    /// <summary><c>let! p = e</c>: draws.</summary>
    public sealed record LetBang(Pattern Pattern, Expr Value) : Statement;

    /// <summary><c>let x = e</c>: computes.</summary>
    public sealed record Let(LetBinding Binding) : Statement;

    /// <summary><c>do! e</c>: draws for effect, e.g. <c>do! observe y d</c>.</summary>
    public sealed record DoBang(Expr Value) : Statement;

    /// <summary><c>return e</c>.</summary>
    public sealed record Return(Expr Value) : Statement;

    /// <summary><c>return! e</c>.</summary>
    public sealed record ReturnBang(Expr Value) : Statement;
}

/// <summary><c>let name p q = body</c> (a function when it has parameters) or <c>let pattern = body</c>.</summary>
public sealed record LetBinding(Pattern Pattern, EqArray<Parameter> Parameters, Expr Body)
{
    /// <summary>Where it stands in the source.</summary>
    public SourceSpan Span { get; init; }

    /// <summary>Structural equality; spans are ignored.</summary>
    public bool Equals(LetBinding? other) => other is not null && Pattern.Equals(other.Pattern) && Parameters.Equals(other.Parameters) && Body.Equals(other.Body);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Pattern, Parameters, Body);
}

/// <summary>What a binding names. Equality ignores <see cref="Span"/>.</summary>
public abstract record Pattern
{
    private Pattern() { }

    /// <summary>Where it stands in the source.</summary>
    public SourceSpan Span { get; init; }

    /// <summary>Structural equality; spans are ignored.</summary>
    public virtual bool Equals(Pattern? other) => other is not null && EqualityContract == other.EqualityContract;

    /// <inheritdoc/>
    public override int GetHashCode() => EqualityContract.GetHashCode();

    /// <summary>A name.</summary>
    public sealed record Variable(string Name) : Pattern;

    /// <summary><c>_</c>.</summary>
    public sealed record Wildcard : Pattern;

    /// <summary><c>(a, b)</c>.</summary>
    public sealed record Tuple(EqArray<Pattern> Items) : Pattern;

    /// <summary>The names that it binds, in order.</summary>
    public IEnumerable<string> Names() => this switch
    {
        Variable variable => [variable.Name],
        Tuple tuple => tuple.Items.SelectMany(i => i.Names()),
        _ => [],
    };
}

/// <summary>A parameter: <c>x</c>, <c>(x : real[n, 4])</c>, or of a model <c>(units : int = 64)</c>.</summary>
/// <param name="Pattern">What it names.</param>
/// <param name="Type">Its written type, or null.</param>
/// <param name="Default">The value that a static argument of a model has unless it is set, or null.</param>
public sealed record Parameter(Pattern Pattern, TypeExpr? Type, Expr? Default = null);

/// <summary>A written type. Equality ignores <see cref="Span"/>.</summary>
public abstract record TypeExpr
{
    private TypeExpr() { }

    /// <summary>Where it stands in the source.</summary>
    public SourceSpan Span { get; init; }

    /// <summary>Structural equality; spans are ignored.</summary>
    public virtual bool Equals(TypeExpr? other) => other is not null && EqualityContract == other.EqualityContract;

    /// <inheritdoc/>
    public override int GetHashCode() => EqualityContract.GetHashCode();

    /// <summary><c>real[n, 4]</c>, <c>int[n]</c>, <c>int&lt;c&gt;[n]</c>, <c>bool[n]</c>, or a scalar without brackets. Dimensions are expressions over names and integers.</summary>
    /// <param name="Element"><c>real</c>, <c>int</c> or <c>bool</c>.</param>
    /// <param name="Bound">The exclusive upper bound of an index type <c>int&lt;c&gt;</c>, or null.</param>
    /// <param name="Dims">The dimensions.</param>
    public sealed record Tensor(string Element, Expr? Bound, EqArray<Expr> Dims) : TypeExpr;

    /// <summary><c>list[2]</c>: a static list of that length; <c>list</c>: one of any length.</summary>
    public sealed record List(Expr? Length) : TypeExpr;

    /// <summary><c>string</c>.</summary>
    public sealed record Text : TypeExpr;
}

/// <summary>A top-level declaration. Equality ignores spans and keeps documentation.</summary>
public abstract record Declaration
{
    private Declaration() { }

    /// <summary>Where it stands in the source.</summary>
    public SourceSpan Span { get; init; }

    /// <summary>The declared name's place.</summary>
    public SourceSpan NameSpan { get; init; }

    /// <summary>The text of the <c>///</c> comment above it, lines joined by newlines, or empty.</summary>
    public string Doc { get; init; } = "";

    /// <summary>Structural equality; spans are ignored.</summary>
    public virtual bool Equals(Declaration? other) => other is not null && EqualityContract == other.EqualityContract && Doc == other.Doc;

    /// <inheritdoc/>
    public override int GetHashCode() => EqualityContract.GetHashCode();

    /// <summary><c>open Module</c>.</summary>
    public sealed record Open(string Module) : Declaration;

    /// <summary><c>let f x = …</c>.</summary>
    public sealed record Let(LetBinding Binding) : Declaration;

    /// <summary><c>model name [n] (x : real[n, 4]) = body</c>.</summary>
    public sealed record Model(string Name, EqArray<string> Dims, EqArray<Parameter> Parameters, Expr Body) : Declaration;

    /// <summary><c>guide name = family on "selector", …</c>.</summary>
    public sealed record Guide(string Name, EqArray<GuideClause> Clauses) : Declaration;

    /// <summary><c>guide name for model (x : …) = body</c>: a guide written as a program.</summary>
    public sealed record GuideProgram(string Name, string ModelName, EqArray<Parameter> Parameters, Expr Body) : Declaration;

    /// <summary><c>infer name = algorithm guide { options }</c>; the right-hand side is an application.</summary>
    public sealed record Infer(string Name, Expr Algorithm) : Declaration;

    /// <summary><c>data name = csv "file" { bindings }</c>; the right-hand side is an application.</summary>
    public sealed record Data(string Name, Expr DataSource) : Declaration;
}

/// <summary>One clause of a guide declaration: a family, possibly with arguments, and the sites it applies to (null: all others).</summary>
public sealed record GuideClause(Expr Family, string? Selector)
{
    /// <summary>Where it stands in the source.</summary>
    public SourceSpan Span { get; init; }

    /// <summary>Structural equality; spans are ignored.</summary>
    public bool Equals(GuideClause? other) => other is not null && Family.Equals(other.Family) && Selector == other.Selector;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Family, Selector);
}

/// <summary>A parsed file.</summary>
/// <param name="Module">The module's name, or null if the file does not state one.</param>
/// <param name="Declarations">In source order.</param>
public sealed record Program(string? Module, EqArray<Declaration> Declarations);
