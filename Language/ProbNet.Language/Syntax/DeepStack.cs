using System.Runtime.ExceptionServices;

namespace ProbNet.Language.Syntax;

/// <summary>
/// Runs recursive work on a thread with a large stack. Descent into nested source takes about 2 kB of stack a level and combinator (measured:
/// 1,200 nested parentheses need more than the 1 MB that threads get on some platforms), and a caller may stand deep in its own stack already.
/// </summary>
internal static class DeepStack
{
    private const int StackBytes = 256 << 20;

    /// <summary>The result of <paramref name="work"/>; what it throws is thrown here.</summary>
    public static T Run<T>(Func<T> work)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        }, StackBytes);
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }
}
