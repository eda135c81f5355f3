using ProbNet.Graph;
using Sprache;

namespace ProbNet.Language.Syntax.Grammar;

/// <summary>
/// The combinators that Sprache's own are not fit for here. All are exclusive, as Sprache's X variants: a parser that fails after taking input has found
/// its form, and its failure stands. Measured on Sprache 2.3.1: <c>XMany</c> runs a failing item twice, so a fault inside d nested repetitions costs 2^d;
/// <c>Ref</c> throws when its parser is tried again where it failed, even from <c>TryParse</c>.
/// </summary>
internal static class Combinators
{
    /// <summary>A parser defined later in the text.</summary>
    public static Parser<T> Later<T>(Func<Parser<T>> parser) => input => parser()(input);

    /// <summary>A failure that says what could stand at <paramref name="input"/>.</summary>
    public static IResult<T> Expected<T>(IInput input, params string[] what) => Sprache.Result.Failure<T>(input, "unexpected input", what);

    /// <summary>The first of the parsers that takes input or succeeds; if none does, the failure lists what each expects.</summary>
    public static Parser<T> FirstOf<T>(params Parser<T>[] parsers) => input =>
    {
        List<string>? expected = null;
        foreach (var parser in parsers)
        {
            var result = parser(input);
            if (result.WasSuccessful || !result.Remainder.Equals(input)) return result;
            (expected ??= []).AddRange(result.Expectations);
        }
        return Expected<T>(input, [.. expected!.Distinct()]);
    };

    /// <summary>The parser that the next character decides on, or a failure if it decides on none: most alternatives need no trying.</summary>
    public static Parser<T> ByFirst<T>(string expected, Func<char, Parser<T>?> choose) => input =>
        !input.AtEnd && choose(input.Current) is { } parser ? parser(input) : Expected<T>(input, expected);

    /// <summary>As many as there are. Linear also when one fails.</summary>
    public static Parser<EqArray<T>> Repeated<T>(this Parser<T> item) => input =>
    {
        List<T>? items = null;
        var rest = input;
        while (true)
        {
            var result = item(rest);
            if (!result.WasSuccessful)
            {
                return result.Remainder.Equals(rest)
                    ? Sprache.Result.Success(items is null ? default : items.ToEqArray(), rest)
                    : Sprache.Result.Failure<EqArray<T>>(result.Remainder, result.Message, result.Expectations);
            }
            (items ??= []).Add(result.Value);
            rest = result.Remainder;
        }
    };

    /// <summary>One or more with <paramref name="separator"/> between two; a last separator may stand before <paramref name="end"/>, which is not taken.</summary>
    public static Parser<EqArray<T>> SeparatedBy<T, TSeparator>(this Parser<T> item, Parser<TSeparator> separator, char? end = null) => input =>
    {
        var items = new List<T>();
        var rest = input;
        while (true)
        {
            var result = item(rest);
            if (!result.WasSuccessful) return Sprache.Result.Failure<EqArray<T>>(result.Remainder, result.Message, result.Expectations);
            items.Add(result.Value);
            var next = separator(result.Remainder);
            if (!next.WasSuccessful || (end is { } c && !next.Remainder.AtEnd && next.Remainder.Current == c))
                return Sprache.Result.Success(items.ToEqArray(), next.WasSuccessful ? next.Remainder : result.Remainder);
            rest = next.Remainder;
        }
    };

    /// <summary>The value or null, without taking input.</summary>
    public static Parser<T?> OrNull<T>(this Parser<T> parser) where T : class => input =>
    {
        var result = parser(input);
        return result.WasSuccessful || !result.Remainder.Equals(input) ? result : Sprache.Result.Success<T?>(null, input);
    };

    /// <summary>The value with the place in the source that it was read from.</summary>
    public static Parser<TResult> Located<T, TResult>(this Parser<T> parser, Func<T, SourceSpan, TResult> with) => input =>
    {
        var result = parser(input);
        return result.WasSuccessful
            ? Sprache.Result.Success(with(result.Value, Span(input, result.Remainder)), result.Remainder)
            : Sprache.Result.Failure<TResult>(result.Remainder, result.Message, result.Expectations);
    };

    /// <summary>The expression with its place in the source.</summary>
    public static Parser<Expr> Located(this Parser<Expr> parser) => parser.Located((expression, span) => expression with { Span = span });

    private static SourceSpan Span(IInput start, IInput end) => ((LaidOutInput)start).Text.Span(((LaidOutInput)start).Index, ((LaidOutInput)end).Index);
}
