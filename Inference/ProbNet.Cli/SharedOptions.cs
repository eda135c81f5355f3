using System.CommandLine;
using System.Globalization;
using ProbNet.Graph;
using ProbNet.Language;

namespace ProbNet.Cli;

/// <summary>The options and arguments that several verbs share. Each call makes a new one: an option belongs to one verb.</summary>
internal static class SharedOptions
{
    /// <summary>The name of <see cref="Json"/>.</summary>
    public const string JsonName = "--json";

    /// <summary>The name of <see cref="Set"/>.</summary>
    public const string SetName = "--set";

    /// <summary>The program.</summary>
    public static Argument<string> File() => new("FILE") { Description = "the program, a .prob file" };

    /// <summary>The run folder.</summary>
    public static Argument<string> Run() => new("RUN") { Description = "a run folder that fit wrote" };

    /// <summary><c>--model NAME</c></summary>
    public static Option<string?> Model() => new("--model") { HelpName = "NAME", Description = "the model; by default the first that the data fits" };

    /// <summary><c>--infer NAME</c></summary>
    public static Option<string?> Infer() => new("--infer") { HelpName = "NAME", Description = "an infer declaration (by default the first), or an algorithm with its options: \"swag { rank = 10; epochs = 200 }\"" };

    /// <summary><c>--data name=path</c></summary>
    public static Option<Dictionary<string, string>> DataPaths() => Pairs("--data", "name=path", "read the declared data 'name' from another file; may be given several times");

    /// <summary><c>--set option=value</c></summary>
    public static Option<Dictionary<string, string>> Set() => Pairs(SetName, "name=value", "set an argument of the model that has a default, e.g. units=128, or an option of the infer declaration, e.g. epochs=10 or optimizer=\"adam 1e-2\"; may be given several times");

    /// <summary><c>--json</c></summary>
    public static Option<bool> Json() => new(JsonName) { Description = "write one JSON object to standard output, and nothing else there" };

    /// <summary><c>--precision single|double</c></summary>
    public static Option<DType?> Precision() => Parsed("--precision", "single|double", "the floating-point type to compute in [default: single]",
        word => word switch { "single" => DType.F32, "double" => DType.F64, _ => (DType?)null }, "single or double");

    /// <summary><c>--seed N</c></summary>
    /// <param name="otherwise">The default as help states it.</param>
    public static Option<long?> Seed(string otherwise = "0") => Parsed("--seed", "N", $"fixes all randomness [default: {otherwise}]",
        word => long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n : (long?)null, "an integer");

    /// <summary><c>--draws N</c></summary>
    /// <param name="otherwise">The default as help states it.</param>
    /// <param name="what">What is drawn.</param>
    public static Option<int?> Draws(string otherwise, string what = "posterior draws for predictions") => Count("--draws", 1, $"{what} [default: {otherwise}]");

    /// <summary><c>--threads N</c></summary>
    public static Option<int?> Threads() => Count("--threads", 1, "threads to use; results do not depend on it [default: all cores]");

    /// <summary><c>--memory-limit SIZE</c></summary>
    public static Option<long?> MemoryLimit() => Parsed("--memory-limit", "SIZE", "the most memory the process may come to, e.g. 8GiB or 500MB; a fit that needs more is refused [default: all that is free]",
        Sizes.Parse, "a size such as 8GiB, 500MB or a number of bytes");

    /// <summary><c>--size-limit SIZE</c></summary>
    public static Option<long?> SizeLimit() => Parsed("--size-limit", "SIZE", "the most that the values in the file may take, e.g. 4GiB; more is refused [default: 1GiB]", Sizes.Parse, "a size such as 8GiB, 500MB or a number of bytes");

    /// <summary><c>--checkpoint-every INTERVAL</c></summary>
    public static Option<CheckpointInterval?> CheckpointEvery() => Parsed("--checkpoint-every", "INTERVAL", "save the state of the fit on the way, every so many epochs or so much time: 10, 30s, 5m, 2h [default: only when it is stopped]",
        CheckpointInterval.Parse, "a number of epochs from 1, or a time such as 30s, 5m or 2h");

    /// <summary>An option that is one of some words.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="helpName">What stands for its value in help.</param>
    /// <param name="description">What it is.</param>
    /// <param name="otherwise">The default as help states it; the value is then null.</param>
    /// <param name="words">The words.</param>
    public static Option<string?> Word(string name, string helpName, string description, string otherwise, IReadOnlyList<string> words) => new(name)
    {
        HelpName = helpName,
        Description = $"{description} [default: {otherwise}]",
        CustomParser = result =>
        {
            var word = result.Tokens[0].Value;
            if (words.Contains(word)) return word;
            result.AddError($"{name} is one of {string.Join(", ", words)}, not '{word}'{(Suggest.Nearest(word, words) is { } near ? $"; did you mean '{near}'?" : "")}");
            return null;
        },
    };

    private static Option<int?> Count(string name, int least, string description) => Parsed(name, "N", description,
        word => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= least ? n : (int?)null, $"an integer from {least}");

    private static Option<T?> Parsed<T>(string name, string helpName, string description, Func<string, T?> parse, string wants) where T : struct => new(name)
    {
        HelpName = helpName,
        Description = description,
        CustomParser = result =>
        {
            var word = result.Tokens[0].Value;
            var value = parse(word);
            if (value is null) result.AddError($"{name} wants {wants}, not '{word}'");
            return value;
        },
    };

    /// <summary>An option of several pairs.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="form">What a pair looks like.</param>
    /// <param name="description">What it is.</param>
    public static Option<Dictionary<string, string>> Pairs(string name, string form, string description) => new(name)
    {
        HelpName = form,
        Description = description,
        DefaultValueFactory = _ => [],
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result =>
        {
            var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var token in result.Tokens)
            {
                var equals = token.Value.IndexOf('=');
                if (equals <= 0 || equals == token.Value.Length - 1) result.AddError($"{name} wants {form}, not '{token.Value}'");
                else if (!pairs.TryAdd(token.Value[..equals].Trim(), token.Value[(equals + 1)..].Trim())) result.AddError($"{name} names '{token.Value[..equals]}' twice");
            }
            return pairs;
        },
    };
}
